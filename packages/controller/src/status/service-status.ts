import { ANNOTATIONS } from "@fairlead/kube";
import {
  type Allocation,
  type AllocationRefusal,
  type AllocationRefusalCode,
  type Draining,
  describeDraining,
  describeRefusal,
  type Service,
} from "@fairlead/model";

/** What the condition fairlead.dev/Allocated of a Service is to say. */
export interface AllocatedCondition {
  readonly status: "True" | "False";
  readonly reason: "Allocated" | "Draining" | "NotServed" | "Withdrawing" | AllocationRefusalCode;
  readonly message: string;
}

/** Changes to the status of a Service. */
export interface ServiceStatus {
  /** The addresses that status.loadBalancer.ingress is to have; undefined leaves it alone. */
  readonly ingress: readonly string[] | undefined;
  /** undefined leaves the condition alone. */
  readonly condition: AllocatedCondition | undefined;
}

/** The condition of a Service that Fairlead does not serve, or no longer does. */
export const NOT_SERVED: AllocatedCondition = {
  status: "False",
  reason: "NotServed",
  message: "The Service is not of type LoadBalancer, or its spec.loadBalancerClass is another controller's",
};

/** The condition of a Service that has our finalizer, from when its addresses are withdrawn until they are free. */
export const WITHDRAWING: AllocatedCondition = {
  status: "False",
  reason: "Withdrawing",
  message:
    "The Service is being deleted, or is not Fairlead's any more. Its addresses are free once no speaker answers for them, in 10 s at most",
};

/** The condition of a Service that has what it asked for. */
export function allocated(allocations: readonly Allocation[], draining: readonly Draining[]): AllocatedCondition {
  if (draining.length === 0) return { status: "True", reason: "Allocated", message: list(allocations) };
  const why = draining.map(describeDraining).join("; ");
  const message = `${list(allocations)}. ${why}. It stays until the Service gives it up: the annotation ${ANNOTATIONS.reallocate}: "true" asks for another`;
  return { status: "True", reason: "Draining", message };
}

/** The condition of a Service that lacks something it asked for; a second family that is only preferred is no lack. */
export function refused(
  { familyPolicy }: Service,
  refusal: AllocationRefusal,
  kept: readonly Allocation[],
): AllocatedCondition {
  if (kept.length === 0) return { status: "False", reason: refusal.code, message: describeRefusal(refusal) };
  if (refusal.code === "FamilyMissing" && familyPolicy === "PreferDualStack") {
    return { status: "True", reason: "Allocated", message: `${list(kept)}. ${describeRefusal(refusal)}` };
  }
  const message = `${describeRefusal(refusal)}. Until then it keeps ${list(kept)}`;
  return { status: "False", reason: refusal.code, message };
}

/** What of this differs from the status as it stands; undefined if nothing does. */
export function serviceStatus(
  service: Service,
  ingress: readonly string[] | undefined,
  condition: AllocatedCondition,
): ServiceStatus | undefined {
  const held = service.allocated;
  const sameIngress =
    ingress === undefined ||
    (service.otherIngress.length === 0 &&
      ingress.length === service.ingress.length &&
      ingress.every((address, i) => address === service.ingress[i]));
  const sameCondition =
    held?.status === condition.status && held.reason === condition.reason && held.message === condition.message;
  if (sameIngress && sameCondition) return undefined;
  return { ingress: sameIngress ? undefined : ingress, condition: sameCondition ? undefined : condition };
}

function list(allocations: readonly Allocation[]): string {
  return allocations.map(({ address, pool }) => `${address} from IPAddressPool ${pool}`).join(", ");
}
