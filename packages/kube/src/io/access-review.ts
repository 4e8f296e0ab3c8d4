import type { Permission } from "@fairlead/model";
import type { ApiConnection } from "./api-connection.ts";

/** Reviews at once: a start must not take all connections. */
const AT_ONCE = 8;

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

/**
 * Those of `permissions` that the API server would refuse us, asked one by one (SelfSubjectAccessReview of
 * authorization.k8s.io/v1): whatever authorizes there answers as it would to the request itself.
 *
 * @throws StoreError when they could not be asked.
 */
export async function reviewAccess(
  connection: Pick<ApiConnection, "send">,
  permissions: readonly Permission[],
): Promise<readonly Permission[]> {
  const refused: Permission[] = [];
  for (let first = 0; first < permissions.length; first += AT_ONCE) {
    const some = permissions.slice(first, first + AT_ONCE);
    const allowed = await Promise.all(some.map((permission) => isAllowed(connection, permission)));
    refused.push(...some.filter((_, i) => allowed[i] !== true));
  }
  return refused;
}

async function isAllowed(connection: Pick<ApiConnection, "send">, permission: Permission): Promise<boolean> {
  const { verb, group, namespace, name } = permission;
  const [resource = "", subresource] = permission.resource.split("/");
  const resourceAttributes = { verb, group, resource, subresource, namespace, name };
  const { status } = await connection.send<Review>({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    },
  });
  return status?.allowed === true;
}
