/** One instruction of a socket filter (bpf(4); struct sock_filter of linux/filter.h). */
export interface BpfInstruction {
  readonly code: number;
  /** Instructions to skip if the comparison holds, 0 to 255. */
  readonly jt: number;
  /** Instructions to skip if it does not, 0 to 255. */
  readonly jf: number;
  /** Operand, 32 bits. */
  readonly k: number;
}

/** A socket filter: runs on each frame, and says how many of its octets the socket is to get. At most 4,096 instructions. */
export type BpfProgram = readonly BpfInstruction[];

/** Most instructions that the kernel takes (BPF_MAXINSNS). */
export const MOST_INSTRUCTIONS = 4_096;

const plain = (code: number, k: number): BpfInstruction => ({ code, jt: 0, jf: 0, k });

/** The instructions that are used here, with their codes of linux/bpf_common.h. Offsets count from the Ethernet header. */
export const BPF = {
  /** Loads 1, 2 or 4 octets of the frame; a frame that is too short is refused. */
  load: (octets: 1 | 2 | 4, offset: number) => plain({ 1: 0x30, 2: 0x28, 4: 0x20 }[octets], offset),
  and: (mask: number) => plain(0x54, mask >>> 0),
  jump: (instructions: number) => plain(0x05, instructions),
  ifEqual: (value: number, jt: number, jf: number): BpfInstruction => ({ code: 0x15, jt, jf, k: value >>> 0 }),
  /** Ends with the whole frame, or none of it. */
  accept: plain(0x06, 0x0004_0000),
  refuse: plain(0x06, 0),
} as const;

/** The array of struct sock_filter, in the byte order of x86-64 and arm64. */
export function encodeBpf(program: BpfProgram): Uint8Array {
  const octets = new Uint8Array(8 * program.length);
  const view = new DataView(octets.buffer);
  for (const [i, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, jt);
    view.setUint8(8 * i + 3, jf);
    view.setUint32(8 * i + 4, k, true);
  }
  return octets;
}
