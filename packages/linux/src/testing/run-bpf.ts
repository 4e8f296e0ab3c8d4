import { BPF, type BpfProgram } from "../packet/bpf.ts";

const { load, and, jump, ifEqual, accept } = BPF;
const LOADS = new Map(([1, 2, 4] as const).map((octets) => [load(octets, 0).code, octets]));

/** Whether a filter lets a frame through, as the kernel would run it. @throws Error for instructions that it has not. */
export function runBpf(program: BpfProgram, frame: Uint8Array): boolean {
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const instruction = program[at];
    if (instruction === undefined) break;
    const { code, jt, jf, k } = instruction;
    const octets = LOADS.get(code);
    if (octets !== undefined) {
      if (k + octets > frame.length) return false;
      accumulator = frame.slice(k, k + octets).reduce((value, octet) => value * 256 + octet, 0);
    } else if (code === and(0).code) accumulator = (accumulator & k) >>> 0;
    else if (code === jump(0).code) at += k;
    else if (code === ifEqual(0, 0, 0).code) at += accumulator === k ? jt : jf;
    else if (code === accept.code) return k > 0;
    else throw new Error(`Cannot run instruction ${at}: code 0x${code.toString(16)} is not known`);
  }
  throw new Error("Cannot run the filter: must end by accepting or refusing");
}
