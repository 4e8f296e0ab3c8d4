import { formatPrefix } from "@fairlead/net";
import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { decodeFrame, maxMessageLength } from "../../src/packet/codec.ts";
import { Framer } from "../../src/packet/framer.ts";
import type { UpdateMessage } from "../../src/packet/message.ts";
import type { MessageFault } from "../../src/packet/message-error.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import { ODD_MESSAGES, type OddMessage } from "./odd-messages.ts";

const TRAITS: SessionTraits = {
  fourOctetAs: true,
  extendedMessage: false,
  extendedNextHop: false,
  families: [4, 6],
  internal: false,
};

function result({ hex, length = hex.length / 2 }: OddMessage): string {
  const octets = new Uint8Array(length);
  octets.set(fromHex(hex));
  const framer = new Framer();
  framer.push(octets);
  const frame = framer.next(maxMessageLength(TRAITS));
  if (frame === undefined) return "waits";
  if (frame.kind === "error") return notificationOf(frame);
  const decoded = decodeFrame(frame, TRAITS);
  if (decoded.kind === "error") return notificationOf(decoded);
  if (decoded.message.kind !== "update") return decoded.message.kind;
  for (const { reason } of decoded.faults) expect(reason).to.match(/ must | not /);
  const actions = decoded.faults.map(
    (fault) => fault.action + (fault.action === "disableFamily" ? ` ${fault.family}` : ""),
  );
  return [...routesOf(decoded.message), ...actions].join(" ") || "update";
}

function notificationOf({ notification: { code, subcode, data }, reason }: MessageFault): string {
  expect(reason).to.match(/^Cannot decode BGP .* must /);
  return `${code}/${subcode} ${toHex(data)}`.trim();
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
