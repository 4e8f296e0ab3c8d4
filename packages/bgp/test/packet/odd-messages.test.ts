import { formatPrefix } from "@fairlead/net";
import { fromHex } from "@fairlead/testing";
import { expect } from "chai";
import type { UpdateMessage } from "../../src/packet/message.ts";
import { decodeOctets, EXTERNAL, notificationText } from "./decoding.ts";
import { ODD_MESSAGES, type OddMessage } from "./odd-messages.ts";

const TRAITS = { ...EXTERNAL, extendedNextHop: false };

function result({ hex, length = hex.length / 2 }: OddMessage): string {
  const octets = new Uint8Array(length);
  octets.set(fromHex(hex));
  const decoded = decodeOctets(octets, TRAITS);
  if (decoded.kind === "error") {
    expect(decoded.reason).to.match(/^Cannot decode BGP .* must /);
    return notificationText(decoded);
  }
  if (decoded.message.kind !== "update") return decoded.message.kind;
  for (const { reason } of decoded.faults) expect(reason).to.match(/ must | not /);
  const actions = decoded.faults.map(
    (fault) => fault.action + (fault.action === "disableFamily" ? ` ${fault.family}` : ""),
  );
  return [...routesOf(decoded.message), ...actions].join(" ") || "update";
}

function routesOf({ withdrawnRoutes, attributes, nlri }: UpdateMessage): string[] {
  const mp = attributes.flatMap((attribute) => {
    if (attribute.kind === "mpReach") return attribute.nlri.map((prefix) => `+${formatPrefix(prefix)}`);
    return attribute.kind === "mpUnreach" ? attribute.withdrawn.map((prefix) => `-${formatPrefix(prefix)}`) : [];
  });
  const withdrawn = withdrawnRoutes.map((prefix) => `-${formatPrefix(prefix)}`);
  return [...withdrawn, ...nlri.map((prefix) => `+${formatPrefix(prefix)}`), ...mp];
}

describe("odd BGP messages", () => {
  for (const message of ODD_MESSAGES) {
    it(`${message.name} come to ${message.result}`, () => expect(result(message)).to.equal(message.result));
  }
});
