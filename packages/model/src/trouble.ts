import { describePermissions, type Permission } from "./permission.ts";

/**
 * What keeps a process from its work, or from a part of it, until somebody changes the cluster, the node or the way that it
 * is started. The code is in the log, in `/readyz`, in SpeakerStatus and a heading in docs/troubleshooting.md.
 */
export type Trouble =
  | { readonly code: "PermissionMissing"; readonly permissions: readonly Permission[] }
  /** @property isPartial - whether the process does without. */
  | { readonly code: "KindMissing"; readonly kinds: readonly string[]; readonly isPartial: boolean }
  | { readonly code: "ApiUnreachable"; readonly why: string }
  | { readonly code: "CredentialsUnusable"; readonly why: string }
  | { readonly code: "CredentialsRefused"; readonly why: string }
  | { readonly code: "LeaseUnavailable"; readonly why: string }
  | { readonly code: "CapabilityMissing"; readonly capabilities: readonly string[] }
  | { readonly code: "NotHostNetwork"; readonly node: string; readonly addresses: readonly string[] }
  | { readonly code: "NftMissing"; readonly why: string }
  | { readonly code: "NftTooOld"; readonly version: string; readonly least: string; readonly isPartial: boolean }
  | {
      readonly code: "KernelFeatureMissing";
      /** What was tried, and the words it was refused with. */
      readonly features: readonly { readonly name: string; readonly why: string }[];
      readonly isPartial: boolean;
    };

/** A code that something is in trouble with. */
export type TroubleCode = Trouble["code"];

/** Every {@link TroubleCode}; docs/troubleshooting.md has a heading for each. */
export const TROUBLE_CODES = [
  "PermissionMissing",
  "KindMissing",
  "ApiUnreachable",
  "CredentialsUnusable",
  "CredentialsRefused",
  "LeaseUnavailable",
  "CapabilityMissing",
  "NotHostNetwork",
  "NftMissing",
  "NftTooOld",
  "KernelFeatureMissing",
] as const satisfies readonly TroubleCode[];

/** Whether a process with this trouble is ready all the same: it does its work without what is missing. */
export function isPartial(trouble: Trouble): boolean {
  return "isPartial" in trouble && trouble.isPartial;
}

/** The sentence for the operator: what cannot be done, what must hold, what is. No final period. */
export function describeTrouble(trouble: Trouble): string {
  switch (trouble.code) {
    case "PermissionMissing":
      return `Cannot ${describePermissions(trouble.permissions)}: the role of this process must allow it, as config/rbac does, and the API server says that nothing allows it`;
    case "KindMissing":
      return trouble.isPartial
        ? `Cannot see ${trouble.kinds.join(", ")}: the API server must serve it, and does not; going on without`
        : `Cannot list ${trouble.kinds.join(", ")}: the API server must serve it, and does not: apply config/crd`;
    case "ApiUnreachable":
      return `Cannot read the cluster: the API server must answer: ${trouble.why}`;
    case "CredentialsUnusable":
      return `Cannot ask the API server: a kubeconfig or the pod's service account must say how: ${trouble.why}`;
    case "CredentialsRefused":
      return `Cannot read the cluster: the API server must know our token or certificate: ${trouble.why}`;
    case "LeaseUnavailable":
      return `Cannot compete for leadership, so nothing is allocated: the Lease must be there or be made: ${trouble.why}`;
    case "CapabilityMissing":
      return `Cannot announce or forward anything: the process must have ${trouble.capabilities.join(" and ")}, as config/speaker.yaml gives it, and has not`;
    case "NotHostNetwork":
      return `Cannot announce for node ${trouble.node}: a link here must have its InternalIP (${trouble.addresses.join(" or ")}), and none has: the pod must have hostNetwork: true, and --node-name be right`;
    case "NftMissing":
      return `Cannot announce or forward anything: nft must be installed and run: ${trouble.why}`;
    case "NftTooOld":
      return `Cannot rely on nft${without(trouble)}: it must be ${trouble.least} or later, got ${trouble.version}`;
    case "KernelFeatureMissing": {
      const refused = trouble.features.map(({ name, why }) => `${name} (${why})`).join(", ");
      return `Cannot load all nftables rules${without(trouble)}: kernel and nft must take ${trouble.features.length === 1 ? "this" : "these"}, and refuse: ${refused}`;
    }
  }
}

function without({ isPartial }: { readonly isPartial: boolean }): string {
  return isPartial ? ", so the speaker answers ARP and NDP itself" : "";
}
