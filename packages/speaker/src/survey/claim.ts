import type { Pool, Service } from "@fairlead/model";
import type { ServiceEndpoints } from "./endpoints.ts";

/** A Service with an address in its status that it may have. */
export interface Claim {
  readonly service: Service;
  /** By whose rules the address is announced. */
  readonly pool: Pool;
  readonly endpoints: ServiceEndpoints;
}
