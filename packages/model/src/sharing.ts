import type { Service } from "./service.ts";

/** A rule of sharing that two Services break. `UnknownHolder`: one of them cannot be read, or is gone. */
export type ShareRule = "NoKey" | "OtherHasNoKey" | "KeysDiffer" | "BackendsDiffer" | "PortTaken" | "UnknownHolder";

/** Why two Services cannot share an address. */
export interface ShareConflict {
  readonly rule: ShareRule;
  /** "TCP 80": the port that both have; with PortTaken only. */
  readonly port?: string;
}

/** What sharing looks at in a Service. */
export type Sharer = Pick<Service, "sharingKey" | "backend" | "ports">;

/**
 * Why `service` cannot share an address with `other`; undefined if it can. Both must have one key, and one backend: any
 * two of policy Cluster, or of policy Local with equal selectors, since other nodes serve each otherwise. No protocol
 * and port may be of both.
 */
export function shareConflict(service: Sharer, other: Sharer | undefined): ShareConflict | undefined {
  if (service.sharingKey === "") return { rule: "NoKey" };
  if (other === undefined) return { rule: "UnknownHolder" };
  if (other.sharingKey === "") return { rule: "OtherHasNoKey" };
  if (service.sharingKey !== other.sharingKey) return { rule: "KeysDiffer" };
  if (service.backend !== other.backend) return { rule: "BackendsDiffer" };
  const both = service.ports.find(({ protocol, port }) => {
    return other.ports.some((one) => one.protocol === protocol && one.port === port);
  });
  return both && { rule: "PortTaken", port: `${both.protocol} ${both.port}` };
}

/** The rule that is broken as the end of a sentence. No final period. */
export function describeShareConflict({ rule, port }: ShareConflict): string {
  switch (rule) {
    case "NoKey":
      return "this Service has no sharing key";
    case "OtherHasNoKey":
      return "that one has no sharing key";
    case "KeysDiffer":
      return "their sharing keys differ";
    case "BackendsDiffer":
      return "with externalTrafficPolicy Local, both Services must use it with equal selectors";
    case "PortTaken":
      return `both have port ${port}`;
    case "UnknownHolder":
      return "that one is gone or cannot be read";
  }
}
