import type { NodeNetworks, ObjectRef } from "@fairlead/model";
import { parsePrefix, tryParseAddress } from "@fairlead/net";
import { z } from "zod";
import type { ObjectMeta } from "../schema/metadata.ts";
import { speakerStatus } from "../schema/speaker-status.ts";
import { check, parseEach, type Read } from "./read.ts";

const ANSWERS = z
  .array(z.object({ address: z.string() }))
  .optional()
  .catch(undefined);

// A status that nobody could read must not make a SpeakerStatus unreadable.
const LAYER2 = speakerStatus.status.shape.layer2
  .unwrap()
  .pick({ conflicts: true })
  .extend({ addresses: ANSWERS, shared: ANSWERS })
  .optional()
  .catch(undefined);
const SPEAKER_STATUS = z.object({
  status: speakerStatus.status.pick({ links: true }).extend({ layer2: LAYER2 }).optional().catch(undefined),
});

/** Reads of a SpeakerStatus what the node is connected to, and what it answers for. */
export function readNodeNetworks(ref: ObjectRef, _meta: ObjectMeta, raw: unknown): Read<NodeNetworks> {
  const checked = check(ref, SPEAKER_STATUS, raw);
  if ("problems" in checked) return checked;
  const { links = [], layer2 = {} } = checked.value.status ?? {};
  const { conflicts = [], addresses = [], shared = [] } = layer2;
  const subnets = parseEach(
    ref,
    "status.links",
    links.flatMap((link) => link.subnets),
    parsePrefix,
  ).values;
  const gateways = links.flatMap((link) => link.gateways ?? []).flatMap((text) => tryParseAddress(text) ?? []);
  const strangers = conflicts.flatMap(({ address, mac, link, reason, beforeAnnounced }) => {
    const ip = tryParseAddress(address);
    // Where the speaker answers too, the address stays in use.
    return ip === undefined || reason !== "AddressInUse" ? [] : [{ address: ip, mac, link, isNew: beforeAnnounced }];
  });
  const answers = new Set([...addresses, ...shared].map(({ address }) => address));
  return { value: { name: ref.name, subnets, gateways, macs: links.map(({ mac }) => mac), strangers, answers } };
}

/** When the speaker wrote a SpeakerStatus, RFC 3339. */
export function readLastSeen(raw: unknown): string | undefined {
  const checked = LAST_SEEN.safeParse(raw);
  return checked.success ? checked.data.status.lastSeen : undefined;
}

const LAST_SEEN = z.object({ status: speakerStatus.status.pick({ lastSeen: true }) });
