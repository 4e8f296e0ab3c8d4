import { objectKey } from "@fairlead/model";
import type { PlannedAddress } from "../plan/plan.ts";

/** "namespace/name" of every Service that an address is for, with commas between. */
export function serviceNames({ services }: PlannedAddress): string {
  return services.map(objectKey).join(", ");
}
