import { ByteReader, ByteWriter } from "@fairlead/net";
import type { Capability } from "./capability.ts";
import { readCapabilities, writeCapabilities } from "./capability-codec.ts";
import { AS_TRANS, type OpenMessage } from "./message.ts";
import { MessageError } from "./message-error.ts";
import type { NotificationName } from "./notification-names.ts";

const VERSION = 4;
const CAPABILITIES = 2;
const EXTENDED_LENGTH = 255;

/**
 * What follows the header (RFC 4271 §4.2), with all capabilities in one parameter.
 *
 * @throws RangeError if they do not fit into 253 octets.
 */
export function encodeOpen({ as, holdTimeSeconds, routerId, capabilities }: OpenMessage): Uint8Array {
  const w = new ByteWriter().u8(VERSION).u16(as).u16(holdTimeSeconds).u32(routerId);
  const value = writeCapabilities(capabilities);
  if (value.length === 0) return w.u8(0).finish();
  if (value.length > 253) {
    throw new RangeError(`Cannot encode BGP OPEN: capabilities must fit into 253 octets, got ${value.length}`);
  }
  return w
    .u8(value.length + 2)
    .u8(CAPABILITIES)
    .u8(value.length)
    .octets(value)
    .finish();
}

/**
 * Checks all that RFC 4271 §6.2 asks of an OPEN by itself; whether it is the OPEN of this peer is for the session to say.
 *
 * @throws MessageError for what §6.2 names; another DecodeError for an OPEN that is cut off or has too much.
 */
export function decodeOpen(body: Uint8Array): OpenMessage {
  const r = new ByteReader("BGP OPEN", body);
  const version = r.u8("Version");
  if (version !== VERSION) refuse("UnsupportedVersionNumber", "Version must be 4", version, Uint8Array.of(0, VERSION));
  const as = r.u16("My Autonomous System");
  const holdTimeSeconds = r.u16("Hold Time");
  if (holdTimeSeconds === 1 || holdTimeSeconds === 2) {
    refuse("UnacceptableHoldTime", "Hold Time must be 0 or >= 3 seconds", holdTimeSeconds);
  }
  const routerId = r.u32("BGP Identifier");
  if (routerId === 0) refuse("BadBgpIdentifier", "BGP Identifier must not be 0", routerId);
  const capabilities = readParameters(r);
  checkAs(as, capabilities);
  return { kind: "open", as, holdTimeSeconds, routerId, capabilities };
}

function checkAs(as: number, capabilities: readonly Capability[]): void {
  if (as === 0) refuse("BadPeerAs", "My Autonomous System must not be 0", as);
  const capability = capabilities.find(({ kind }) => kind === "fourOctetAs");
  if (capability?.kind !== "fourOctetAs") return;
  if (capability.as === 0) refuse("BadPeerAs", "the AS number of the capability must not be 0", capability.as);
  if (as !== AS_TRANS && as !== capability.as) {
    refuse("BadPeerAs", `My Autonomous System must be ${AS_TRANS} or the capability's ${capability.as}`, as);
  }
}

function readParameters(r: ByteReader): Capability[] {
  const length = r.u8("Optional Parameters Length");
  if (length === 0) {
    r.end();
    return [];
  }
  // RFC 9072 §2: the type 255 in the first place says that lengths have two octets, whatever the length before it says.
  const rest = r.octets("Optional Parameters", r.remaining);
  const extended = rest[0] === EXTENDED_LENGTH;
  const from = new ByteReader("BGP OPEN", extended ? rest.subarray(1) : rest);
  const total = extended ? from.u16("Extended Optional Parameters Length") : length;
  const parameters = new ByteReader("BGP OPEN", from.octets("Optional Parameters", total));
  from.end();
  const capabilities: Capability[] = [];
  while (parameters.remaining > 0) {
    const type = parameters.u8("parameter type");
    const size = extended ? parameters.u16("parameter length") : parameters.u8("parameter length");
    const value = parameters.octets("parameter value", size);
    if (type !== CAPABILITIES) refuse("UnsupportedOptionalParameter", "parameter type must be 2", type);
    capabilities.push(...readCapabilities(value));
  }
  return capabilities;
}

function refuse(name: NotificationName, must: string, got: number, data?: Uint8Array): never {
  throw new MessageError(`Cannot decode BGP OPEN: ${must}, got ${got}`, name, data);
}
