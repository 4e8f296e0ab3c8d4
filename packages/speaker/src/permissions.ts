import { API_GROUP } from "@fairlead/kube";
import { type Permission, permissions } from "@fairlead/model";

/** What a speaker must be allowed to do: exactly what config/rbac/speaker.yaml allows. */
export const SPEAKER_PERMISSIONS: readonly Permission[] = [
  ...permissions("", ["services", "nodes"], ["list", "watch"]),
  ...permissions("discovery.k8s.io", ["endpointslices"], ["list", "watch"]),
  ...permissions("", ["events"], ["create", "get", "update"]),
  ...permissions(API_GROUP, ["ipaddresspools", "l2advertisements", "ipallocations"], ["list", "watch"]),
  ...permissions(API_GROUP, ["speakerstatuses"], ["get", "create"]),
  ...permissions(API_GROUP, ["speakerstatuses/status"], ["patch"]),
];
