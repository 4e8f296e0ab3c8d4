import { BPF, type BpfInstruction, type BpfProgram, MOST_INSTRUCTIONS } from "@fairlead/linux";
import { type AddressRange, addressBits } from "@fairlead/net";
import { ETHERTYPE } from "../packet/ethernet.ts";

// Offsets from the Ethernet header: RFC 826, RFC 8200 §3, RFC 4861 §4.4. Extension headers do not occur (RFC 6980).
const OFFSET = { etherType: 12, arpSender: 28, nextHeader: 20, icmpType: 54, ndTarget: 62 } as const;
const ICMPV6 = 58;
const NEIGHBOR_ADVERTISEMENT = 136;
const WORD = 32n;

/**
 * Lets through what tells who has an address of these ranges: ARP packets with such a sender, and Neighbor Advertisements
 * with such a target. A range is taken for the smallest CIDR block around it; of too many ranges, all are let through.
 */
export function sightingFilter(ranges: readonly AddressRange[]): BpfProgram {
  const blocks = (family: 4 | 6, offset: number) => {
    return ranges.filter((range) => range.family === family).flatMap((range) => acceptBlock(range, offset));
  };
  const arp = [...blocks(4, OFFSET.arpSender), BPF.refuse];
  const ndp = [
    ...refuseUnless(OFFSET.nextHeader, ICMPV6),
    ...refuseUnless(OFFSET.icmpType, NEIGHBOR_ADVERTISEMENT),
    ...blocks(6, OFFSET.ndTarget),
    BPF.refuse,
  ];
  const program = [
    BPF.load(2, OFFSET.etherType),
    BPF.ifEqual(ETHERTYPE.arp, 3, 0),
    BPF.ifEqual(ETHERTYPE.ipv6, 1, 0),
    BPF.refuse,
    BPF.jump(arp.length),
    ...arp,
    ...ndp,
  ];
  return program.length <= MOST_INSTRUCTIONS ? program : [BPF.accept];
}

function refuseUnless(offset: number, octet: number): BpfInstruction[] {
  return [BPF.load(1, offset), BPF.ifEqual(octet, 1, 0), BPF.refuse];
}

// Compares the bits that all addresses of the range have in common, a word at a time.
function acceptBlock({ family, first, last }: AddressRange, offset: number): BpfInstruction[] {
  const bits = BigInt(addressBits(family));
  const varying = BigInt((first ^ last).toString(2).length) * BigInt(first !== last);
  const words = Array.from({ length: Number(bits / WORD) }, (_, i) => {
    const below = bits - WORD * BigInt(i + 1);
    const mask = ((((1n << bits) - 1n) >> varying) << varying) >> below;
    return { at: offset + 4 * i, mask: Number(BigInt.asUintN(32, mask)), value: BigInt.asUintN(32, first >> below) };
  }).filter(({ mask }) => mask !== 0);
  const comparisons = words.flatMap(({ at, mask, value }, i) => {
    const toNext = 3 * (words.length - i - 1) + 1;
    const wanted = Number(BigInt.asUintN(32, value & BigInt(mask)));
    return [BPF.load(4, at), BPF.and(mask), BPF.ifEqual(wanted, 0, toNext)];
  });
  return [...comparisons, BPF.accept];
}
