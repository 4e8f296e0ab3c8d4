import type { Conflict, Finding } from "@fairlead/l2";
import { type KnownAddress, noteServices, type TellOptions } from "../note.ts";
import { serviceNames } from "../service-names.ts";

/** Tells of another host that uses an address. */
export function tellConflict(
  { address, link, mac, code }: Conflict,
  planned: KnownAddress | undefined,
  options: TellOptions,
): void {
  const fields = { address, service: planned && serviceNames(planned), link, mac, reason: code };
  options.log.warn(fields, "another host on the link uses the address");
  const what = code === "AddressInUse" ? "it used it first, so this node does not answer for it" : "both answer for it";
  const message = `${mac} on ${link} of ${options.node} uses ${address}, and is not a speaker: ${what}`;
  noteServices(planned, { type: "Warning", reason: code, message }, options);
}

/** Tells of an address of another node whose wire check failed. */
export function tellFinding(
  { address, link, owner, code, macs }: Finding,
  planned: KnownAddress | undefined,
  options: TellOptions,
): void {
  const fields = { address, service: planned && serviceNames(planned), link, owner, macs, reason: code };
  options.log.warn(fields, "wire check failed: no answer, or a wrong one");
  const verb = macs.length === 1 ? "answers" : "answer";
  const seen = macs.length === 0 ? "nobody answers" : `${macs.join(" and ")} ${verb}`;
  const message = `${owner} owns ${address}, but asked from ${options.node} on ${link}, ${seen}`;
  noteServices(planned, { type: "Warning", reason: code, message }, options);
}
