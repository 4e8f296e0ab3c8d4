/** A message that a script sent to routers to see what they make of it. */
export interface OddMessage {
  readonly name: string;
  /** All octets of the message. */
  readonly hex: string;
  /** How many octets it has, if the last ones are zeros that `hex` leaves out. */
  readonly length?: number;
  /**
   * What it is to come to: code, subcode and data of the NOTIFICATION that ends the session; or the kind of message; of an UPDATE with
   * routes, these (+ announced, - withdrawn), and what is done about its faults.
   */
  readonly result: string;
}

/** Odd and malformed messages, and what RFC 4271 §6, RFC 5492, RFC 6286, RFC 7313, RFC 7606 and RFC 7607 have a speaker do. */
export const ODD_MESSAGES: readonly OddMessage[] = [
  {
    name: "version-3",
    hex: "ffffffffffffffffffffffffffffffff00390103fc000009c00002151c0206010400010001020601040002000102020200020641040000fc00",
    result: "2/1 0004",
  },
  {
    name: "hold-1",
    hex: "ffffffffffffffffffffffffffffffff00390104fc000001c00002151c0206010400010001020601040002000102020200020641040000fc00",
    result: "2/6",
  },
  {
    name: "hold-2",
    hex: "ffffffffffffffffffffffffffffffff00390104fc000002c00002151c0206010400010001020601040002000102020200020641040000fc00",
    result: "2/6",
  },
  {
    name: "id-zero",
    hex: "ffffffffffffffffffffffffffffffff00390104fc000009000000001c0206010400010001020601040002000102020200020641040000fc00",
    result: "2/3",
  },
  {
    name: "id-of-the-peer",
    hex: "ffffffffffffffffffffffffffffffff00390104fc000009c000020b1c0206010400010001020601040002000102020200020641040000fc00",
    result: "open",
  },
  {
    name: "wrong-as",
    hex: "ffffffffffffffffffffffffffffffff00390104fde70009c00002151c0206010400010001020601040002000102020200020641040000fde7",
    result: "open",
  },
  {
    name: "as-zero",
    hex: "ffffffffffffffffffffffffffffffff0039010400000009c00002151c02060104000100010206010400020001020202000206410400000000",
    result: "2/2",
  },
  { name: "no-capabilities", hex: "ffffffffffffffffffffffffffffffff001d0104fc000009c000021500", result: "open" },
  {
    name: "unknown-capability",
    hex: "ffffffffffffffffffffffffffffffff00330104fc000009c0000215160206010400010001020641040000fc000204ef026869",
    result: "open",
  },
  {
    name: "only-vpnv4",
    hex: "ffffffffffffffffffffffffffffffff002d0104fc000009c0000215100206010400010080020641040000fc00",
    result: "open",
  },
  {
    name: "parameter-type-1",
    hex: "ffffffffffffffffffffffffffffffff00210104fc000009c00002150401026162",
    result: "2/4",
  },
  {
    name: "parameter-overrun",
    hex: "ffffffffffffffffffffffffffffffff00250104fc000009c0000215080220010400010001",
    result: "2/0",
  },
  { name: "bad-marker", hex: "fffffffffffffffffffffffffffffffe001304", result: "1/1" },
  { name: "length-18", hex: "ffffffffffffffffffffffffffffffff001204", result: "1/2 0012" },
  { name: "length-4097", hex: "ffffffffffffffffffffffffffffffff100101", result: "1/2 1001" },
  { name: "type-9", hex: "ffffffffffffffffffffffffffffffff001309", result: "1/3 09" },
  { name: "keepalive-first", hex: "ffffffffffffffffffffffffffffffff001304", result: "keepalive" },
  {
    name: "update-first",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602010000fc00400304c000021520c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "announce-and-withdraw",
    hex: "ffffffffffffffffffffffffffffffff003502000520c63364c900144001010040020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.201/32 +198.51.100.200/32",
  },
  {
    name: "same-prefix-withdrawn-and-announced",
    hex: "ffffffffffffffffffffffffffffffff003502000520c63364c800144001010040020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 +198.51.100.200/32",
  },
  { name: "end-of-rib", hex: "ffffffffffffffffffffffffffffffff00170200000000", result: "update" },
  { name: "end-of-rib-v6", hex: "ffffffffffffffffffffffffffffffff001d0200000006800f03000201", result: "update" },
  {
    name: "v6-next-hop-16",
    hex: "ffffffffffffffffffffffffffffffff004d02000000364001010040020602010000fc00800e2600020110fd0000b9000000000000000000000021008020010db8000900000000000000000200",
    result: "+2001:db8:9::200/128",
  },
  {
    name: "v6-next-hop-32",
    hex: "ffffffffffffffffffffffffffffffff005d02000000464001010040020602010000fc00800e3600020120fd0000b9000000000000000000000021fe800000000000000000b9fffe000021008020010db8000900000000000000000200",
    result: "+2001:db8:9::200/128",
  },
  {
    name: "v6-next-hop-ll-16",
    hex: "ffffffffffffffffffffffffffffffff004d02000000364001010040020602010000fc00800e2600020110fe800000000000000000b9fffe000021008020010db8000900000000000000000200",
    result: "+2001:db8:9::200/128",
  },
  {
    name: "v6-next-hop-zero-and-ll",
    hex: "ffffffffffffffffffffffffffffffff005d02000000464001010040020602010000fc00800e360002012000000000000000000000000000000000fe800000000000000000b9fffe000021008020010db8000900000000000000000200",
    result: "+2001:db8:9::200/128",
  },
  {
    name: "mp-reach-last",
    hex: "ffffffffffffffffffffffffffffffff0059020000003d4001010040020602010000fc00400304c0000215800e2600020110fd0000b9000000000000000000000021008020010db800090000000000000000020020c63364c8",
    result: "+198.51.100.200/32 +2001:db8:9::200/128",
  },
  {
    name: "missing-origin",
    hex: "ffffffffffffffffffffffffffffffff002c020000001040020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "missing-as-path",
    hex: "ffffffffffffffffffffffffffffffff0027020000000b40010100400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "missing-next-hop",
    hex: "ffffffffffffffffffffffffffffffff0029020000000d4001010040020602010000fc0020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "origin-5",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010540020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "origin-length-2",
    hex: "ffffffffffffffffffffffffffffffff00310200000015400102000040020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "origin-optional-flag",
    hex: "ffffffffffffffffffffffffffffffff00300200000014c001010040020602010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "as-path-overrun",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602020000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "as-path-segment-9",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020609010000fc00400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "as-path-empty",
    hex: "ffffffffffffffffffffffffffffffff002a020000000e40010100400200400304c000021520c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "as-path-first-as-other",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602010000fde8400304c000021520c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "as-path-loop",
    hex: "ffffffffffffffffffffffffffffffff003402000000184001010040020a02020000fc000000fc01400304c000021520c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "as-path-zero",
    hex: "ffffffffffffffffffffffffffffffff003402000000184001010040020a02020000fc0000000000400304c000021520c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "next-hop-length-5",
    hex: "ffffffffffffffffffffffffffffffff003102000000154001010040020602010000fc00400305c00002150020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "next-hop-zero",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602010000fc004003040000000020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "next-hop-multicast",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602010000fc00400304e000000120c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "next-hop-foreign",
    hex: "ffffffffffffffffffffffffffffffff003002000000144001010040020602010000fc004003040a01010120c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "med-length-3",
    hex: "ffffffffffffffffffffffffffffffff0036020000001a4001010040020602010000fc00400304c000021580040300000120c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "local-pref-on-ebgp",
    hex: "ffffffffffffffffffffffffffffffff0037020000001b4001010040020602010000fc00400304c0000215400504000000c820c63364c8",
    result: "+198.51.100.200/32 attributeDiscard",
  },
  {
    name: "atomic-aggregate-length-1",
    hex: "ffffffffffffffffffffffffffffffff003402000000184001010040020602010000fc00400304c00002154006010020c63364c8",
    result: "+198.51.100.200/32 attributeDiscard",
  },
  {
    name: "communities-length-5",
    hex: "ffffffffffffffffffffffffffffffff0038020000001c4001010040020602010000fc00400304c0000215c00805fc0000010020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "communities-empty",
    hex: "ffffffffffffffffffffffffffffffff003302000000174001010040020602010000fc00400304c0000215c0080020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "large-communities-length-11",
    hex: "ffffffffffffffffffffffffffffffff003e02000000224001010040020602010000fc00400304c0000215c0200b000000000000000000000020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "ext-communities-length-7",
    hex: "ffffffffffffffffffffffffffffffff003a020000001e4001010040020602010000fc00400304c0000215c010070000000000000020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "originator-id-on-ebgp",
    hex: "ffffffffffffffffffffffffffffffff0037020000001b4001010040020602010000fc00400304c00002158009040102030420c63364c8",
    result: "+198.51.100.200/32 attributeDiscard",
  },
  {
    name: "unknown-transitive",
    hex: "ffffffffffffffffffffffffffffffff0038020000001c4001010040020602010000fc00400304c0000215c0630568656c6c6f20c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "unknown-well-known",
    hex: "ffffffffffffffffffffffffffffffff0038020000001c4001010040020602010000fc00400304c000021540630568656c6c6f20c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "community-partial-flag",
    hex: "ffffffffffffffffffffffffffffffff0037020000001b4001010040020602010000fc00400304c0000215e00804fc00000120c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "duplicate-origin",
    hex: "ffffffffffffffffffffffffffffffff00340200000018400101004001010240020602010000fc00400304c000021520c63364c8",
    result: "+198.51.100.200/32 attributeDiscard",
  },
  {
    name: "duplicate-mp-reach",
    hex: "ffffffffffffffffffffffffffffffff0076020000005f4001010040020602010000fc00800e2600020110fd0000b9000000000000000000000021008020010db8000900000000000000000200800e2600020110fd0000b9000000000000000000000021008020010db8000900000000000000000200",
    result: "3/1",
  },
  {
    name: "attribute-overrun",
    hex: "ffffffffffffffffffffffffffffffff0037020000001b4001010040020602010000fc00400304c0000215c008c8fc00000120c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  {
    name: "attributes-length-overrun",
    hex: "ffffffffffffffffffffffffffffffff003002000001904001010040020602010000fc00400304c000021520c63364c8",
    result: "3/1",
  },
  {
    name: "withdrawn-length-overrun",
    hex: "ffffffffffffffffffffffffffffffff003002019000144001010040020602010000fc00400304c000021520c63364c8",
    result: "3/1",
  },
  {
    name: "prefix-length-33",
    hex: "ffffffffffffffffffffffffffffffff003102000000144001010040020602010000fc00400304c000021521c63364c800",
    result: "3/10",
  },
  {
    name: "prefix-truncated",
    hex: "ffffffffffffffffffffffffffffffff002e02000000144001010040020602010000fc00400304c000021520c633",
    result: "3/10",
  },
  {
    name: "mp-next-hop-length-17",
    hex: "ffffffffffffffffffffffffffffffff004e02000000374001010040020602010000fc00800e2700020111fd0000b900000000000000000000002100008020010db8000900000000000000000200",
    result: "disableFamily 6",
  },
  {
    name: "mp-family-not-negotiated",
    hex: "ffffffffffffffffffffffffffffffff004d02000000364001010040020602010000fc00800e2600020210fd0000b9000000000000000000000021008020010db8000900000000000000000200",
    result: "attributeDiscard",
  },
  {
    name: "v4-nlri-in-mp-reach",
    hex: "ffffffffffffffffffffffffffffffff0035020000001e4001010040020602010000fc00800e0e00010104c00002150020c63364c8",
    result: "+198.51.100.200/32",
  },
  {
    name: "rfc8950-not-negotiated",
    hex: "ffffffffffffffffffffffffffffffff0041020000002a4001010040020602010000fc00800e1a00010110fd0000b90000000000000000000000210020c63364c8",
    result: "-198.51.100.200/32 treatAsWithdraw",
  },
  { name: "unknown-notification", hex: "ffffffffffffffffffffffffffffffff0017030c077879", result: "notification" },
  { name: "short-notification", hex: "ffffffffffffffffffffffffffffffff001303", result: "1/2 0013" },
  { name: "keepalive-length-20", hex: "ffffffffffffffffffffffffffffffff00140400", result: "1/2 0014" },
  { name: "refresh", hex: "ffffffffffffffffffffffffffffffff00170500010001", result: "routeRefresh" },
  { name: "refresh-unknown-family", hex: "ffffffffffffffffffffffffffffffff00170500010085", result: "routeRefresh" },
  {
    name: "refresh-length-5",
    hex: "ffffffffffffffffffffffffffffffff0018050001000100",
    result: "7/1 ffffffffffffffffffffffffffffffff0018050001000100",
  },
  {
    name: "second-open",
    hex: "ffffffffffffffffffffffffffffffff00390104fc000009c00002151c0206010400010001020601040002000102020200020641040000fc00",
    result: "open",
  },
  { name: "length-4097-update", hex: "ffffffffffffffffffffffffffffffff100102", length: 4097, result: "1/2 1001" },
  { name: "shutdown-text", hex: "ffffffffffffffffffffffffffffffff001b0306020568656c6c6f", result: "notification" },
  {
    name: "shutdown-text-overlong-length",
    hex: "ffffffffffffffffffffffffffffffff001b0306025068656c6c6f",
    result: "notification",
  },
  { name: "shutdown-text-bad-utf8", hex: "ffffffffffffffffffffffffffffffff001903060203fffefd", result: "notification" },
  { name: "hard-reset", hex: "ffffffffffffffffffffffffffffffff001d03060906020568656c6c6f", result: "notification" },
];
