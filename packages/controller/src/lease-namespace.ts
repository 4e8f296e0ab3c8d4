import { type Store, StoreError } from "@fairlead/kube";

const OWN = "fairlead-system";

/**
 * The namespace of the Lease where none is named: our own, or kube-system where that does not exist, as on a cluster on which
 * the controller is started by hand with nothing but the CRDs. Whoever may not look has a role, and so our namespace.
 *
 * @throws StoreError
 */
export async function leaseNamespace(store: Pick<Store, "get">): Promise<string> {
  try {
    return (await store.get({ kind: "Namespace", name: OWN })) === undefined ? "kube-system" : OWN;
  } catch (error) {
    if (error instanceof StoreError && error.reason === "Forbidden") return OWN;
    throw error;
  }
}
