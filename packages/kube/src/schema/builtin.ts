import { z } from "zod";
import { condition } from "./metadata.ts";

// Only what Fairlead reads; zod drops the rest, so that caches stay small. The API server has validated these kinds;
// the folder store has not, so shapes are checked here all the same.

const port = z.int().min(1).max(65535);
const protocol = z.enum(["TCP", "UDP", "SCTP"]).default("TCP");

/** A core/v1 Service. */
export const service = z.object({
  spec: z.object({
    type: z.enum(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]).default("ClusterIP"),
    clusterIP: z.string().optional(),
    clusterIPs: z.array(z.string()).optional(),
    ipFamilies: z.array(z.enum(["IPv4", "IPv6"])).optional(),
    ipFamilyPolicy: z.enum(["SingleStack", "PreferDualStack", "RequireDualStack"]).default("SingleStack"),
    loadBalancerClass: z.string().optional(),
    loadBalancerIP: z.string().optional(),
    loadBalancerSourceRanges: z.array(z.string()).default([]),
    externalTrafficPolicy: z.enum(["Cluster", "Local"]).default("Cluster"),
    selector: z.record(z.string(), z.string()).default({}),
    sessionAffinity: z.enum(["None", "ClientIP"]).default("None"),
    ports: z
      .array(z.object({ name: z.string().default(""), protocol, port, nodePort: port.or(z.literal(0)).optional() }))
      .default([]),
  }),
  status: z
    .object({
      conditions: z.array(condition).optional(),
      loadBalancer: z
        .object({
          ingress: z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).default([]),
        })
        .optional(),
    })
    .optional(),
});

/** A core/v1 Node. */
export const node = z.object({
  spec: z.object({ podCIDRs: z.array(z.string()).default([]) }).default({ podCIDRs: [] }),
  status: z
    .object({
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    })
    .default({ addresses: [], conditions: [] }),
});

/** A networking.k8s.io/v1 ServiceCIDR. */
export const serviceCidr = z.object({
  spec: z.object({ cidrs: z.array(z.string()).default([]) }).default({ cidrs: [] }),
});

/** A discovery.k8s.io/v1 EndpointSlice. */
export const endpointSlice = z.object({
  addressType: z.enum(["IPv4", "IPv6", "FQDN"]),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()),
        nodeName: z.string().nullish(),
        conditions: z
          .object({
            ready: z.boolean().nullish(),
            serving: z.boolean().nullish(),
            terminating: z.boolean().nullish(),
          })
          .default({}),
      }),
    )
    .nullish(),
  ports: z
    .array(z.object({ name: z.string().nullish(), protocol: protocol.nullish(), port: port.nullish() }))
    .nullish(),
});

/** A coordination.k8s.io/v1 Lease. */
export const lease = z.object({
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.int().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.int().nullish(),
    })
    .default({}),
});
