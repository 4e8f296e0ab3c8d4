import type { LinkRefusal } from "./choose-link.ts";
import type { Conflict, Finding } from "./events.ts";
import type { LinkReport } from "./link-report.ts";
import type { Holding } from "./ownership/state.ts";
import type { Responder } from "./ports.ts";

/** What an agent sees and does. */
export interface AgentReport {
  readonly links: readonly {
    readonly name: string;
    readonly responder: Responder["kind"];
    readonly neighbors: readonly string[];
  }[];
  readonly owned: readonly { readonly address: string; readonly link: string; readonly holding: Holding }[];
  /** Shared addresses, with the number of parts that this node answers. */
  readonly shared: readonly { readonly address: string; readonly link: string; readonly parts: number }[];
  readonly refusals: readonly LinkRefusal[];
  readonly conflicts: readonly Conflict[];
  readonly findings: readonly Finding[];
}

/**
 * What there is to say of all links.
 *
 * @param refusals - of addresses that are announced on no link of this node.
 */
export function agentReport(refusals: readonly LinkRefusal[], links: readonly LinkReport[]): AgentReport {
  return {
    links: links.map(({ link, responder, neighbors }) => ({ name: link.name, responder, neighbors })),
    owned: links.flatMap(({ link, owned }) => {
      return [...owned].map(([address, holding]) => ({ address, link: link.name, holding }));
    }),
    shared: links.flatMap(({ link, shares }) => {
      return [...shares].map(([address, slots]) => ({ address, link: link.name, parts: slots.size }));
    }),
    conflicts: links.flatMap(({ link, strangers }) => {
      return [...strangers].map(([address, stranger]) => ({ address, link: link.name, ...stranger }));
    }),
    findings: links.flatMap(({ link, findings }) => {
      return [...findings.values()].map((finding) => ({ link: link.name, ...finding }));
    }),
    refusals: [...refusals, ...links.flatMap(refusalsOn)],
  };
}

function refusalsOn({ link, strangers, heldDown }: LinkReport): readonly LinkRefusal[] {
  const inUse = [...strangers].flatMap(([address, { mac, code }]) => {
    return code === "AddressInUse" ? [{ code, address, link: link.name, mac }] : [];
  });
  return [...inUse, ...heldDown.map((address) => ({ code: "HoldDown", address, link: link.name }) as const)];
}
