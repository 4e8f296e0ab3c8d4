import { ByteReader, ByteWriter, type Prefix } from "@fairlead/net";
import type { PathAttribute } from "./attribute.ts";
import { decodeAttributes } from "./decode-attributes.ts";
import { encodeAttributes } from "./encode-attributes.ts";
import type { UpdateMessage } from "./message.ts";
import { MessageError } from "./message-error.ts";
import { readPrefixes, writePrefix } from "./prefixes.ts";
import type { SessionTraits } from "./session-traits.ts";
import { readOr, type UpdateFault } from "./update-fault.ts";

/** An UPDATE as it counts after what was wrong with it. */
export interface DecodedUpdate {
  /** Without attributes that were discarded; with routes that count as withdrawn among those withdrawn. */
  readonly update: UpdateMessage;
  readonly faults: readonly UpdateFault[];
}

/** Attributes that all announced routes must have (RFC 4271 §5), and those of the NLRI field. */
const MANDATORY: Partial<Record<PathAttribute["kind"], string>> = { origin: "ORIGIN", asPath: "AS_PATH" };
const MANDATORY_FOR_NLRI: Partial<Record<PathAttribute["kind"], string>> = { ...MANDATORY, nextHop: "NEXT_HOP" };

/**
 * What follows the header (RFC 4271 §4.3).
 *
 * @throws RangeError if it has more than one of withdrawn routes, NLRI, `mpReach` and `mpUnreach`: receivers disagree about the order
 * in which these apply (RFC 7606 §5.1).
 */
export function encodeUpdate(update: UpdateMessage, { fourOctetAs }: Pick<SessionTraits, "fourOctetAs">): Uint8Array {
  const { withdrawnRoutes, attributes, nlri } = update;
  const carriers = [withdrawnRoutes.length > 0, nlri.length > 0, ...attributes.map(carriesRoutes)].filter(Boolean);
  if (carriers.length > 1) {
    throw new RangeError(`Cannot encode BGP UPDATE: must have routes in one place, got ${carriers.length}`);
  }
  const withdrawn = writePrefixes(withdrawnRoutes);
  const path = encodeAttributes(attributes, fourOctetAs);
  const w = new ByteWriter(4096).u16(withdrawn.length).octets(withdrawn).u16(path.length).octets(path);
  for (const prefix of nlri) writePrefix(w, prefix);
  return w.finish();
}

/**
 * Reads what follows the header, with the revised error handling of RFC 7606.
 *
 * @throws MessageError if the session cannot go on.
 */
export function decodeUpdate(body: Uint8Array, traits: SessionTraits): DecodedUpdate {
  const r = new ByteReader("BGP UPDATE", body);
  const { withdrawn, path } = readOr(
    () => readFields(r),
    (reason): never => {
      throw malformedList(reason); // RFC 7606 §3 b
    },
  );
  const withdrawnRoutes = readNetworks(withdrawn);
  const nlri = readNetworks(r.octets("NLRI", r.remaining));
  const { attributes, faults, hasMpReach } = decodeAttributes(path, traits);
  const update: UpdateMessage = { kind: "update", withdrawnRoutes, attributes, nlri };
  const malformed = faults.find(withdraws);
  // What was announced may be in the attribute that could not be read (RFC 7606 §5.2).
  if (malformed !== undefined && nlri.length === 0 && !hasMpReach) throw malformedList(malformed.reason);
  const missing = malformed === undefined ? missingAttributes(update) : [];
  const all = [...faults, ...missing];
  return { update: all.some(withdraws) ? asWithdrawn(update) : update, faults: all };
}

function readFields(r: ByteReader): { readonly withdrawn: Uint8Array; readonly path: Uint8Array } {
  const withdrawn = r.octets("Withdrawn Routes", r.u16("Withdrawn Routes Length"));
  return { withdrawn, path: r.octets("Path Attributes", r.u16("Total Path Attribute Length")) };
}

function malformedList(reason: string): MessageError {
  return new MessageError(reason, "MalformedAttributeList");
}

function withdraws({ action }: UpdateFault): boolean {
  return action === "treatAsWithdraw";
}

// RFC 7606 §3 j, §5.3.
function readNetworks(octets: Uint8Array): Prefix[] {
  return readOr(
    () => readPrefixes(4, octets),
    (reason): never => {
      throw new MessageError(reason, "InvalidNetworkField");
    },
  );
}

function writePrefixes(prefixes: readonly Prefix[]): Uint8Array {
  const w = new ByteWriter(prefixes.length === 0 ? 0 : 4096);
  for (const prefix of prefixes) writePrefix(w, prefix);
  return w.finish();
}

function carriesRoutes({ kind }: PathAttribute): boolean {
  return kind === "mpReach" || kind === "mpUnreach";
}

function announces({ attributes, nlri }: UpdateMessage): boolean {
  return nlri.length > 0 || attributes.some(({ kind }) => kind === "mpReach");
}

// RFC 7606 §3 d.
function missingAttributes(update: UpdateMessage): UpdateFault[] {
  if (!announces(update)) return [];
  const there = new Set<string>(update.attributes.map(({ kind }) => kind));
  const wanted = Object.entries(update.nlri.length > 0 ? MANDATORY_FOR_NLRI : MANDATORY);
  return wanted.flatMap(([kind, name]): UpdateFault[] => {
    if (there.has(kind)) return [];
    return [{ action: "treatAsWithdraw", reason: `Cannot decode BGP UPDATE: must have ${name} with routes, got none` }];
  });
}

function asWithdrawn({ withdrawnRoutes, attributes, nlri }: UpdateMessage): UpdateMessage {
  const gone = attributes.flatMap((attribute): PathAttribute[] => {
    if (attribute.kind === "mpUnreach") return [attribute];
    if (attribute.kind !== "mpReach") return [];
    return [{ kind: "mpUnreach", family: attribute.family, withdrawn: attribute.nlri }];
  });
  return { kind: "update", withdrawnRoutes: [...withdrawnRoutes, ...nlri], attributes: gone, nlri: [] };
}
