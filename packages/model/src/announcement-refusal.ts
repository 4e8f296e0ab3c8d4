import { formatRange, type LinkSelector } from "@fairlead/net";

/**
 * Why a node does not answer for an address. The code is in SpeakerStatus, in the log, in the metric label and a heading
 * in docs/troubleshooting.md.
 */
export type AnnouncementRefusal =
  | { readonly code: "NoAnnouncement"; readonly pool: string }
  | { readonly code: "NodeUnknown"; readonly node: string }
  | { readonly code: "NodeNotSelected"; readonly advertisements: readonly string[] }
  | { readonly code: "NodeNotReady" }
  | { readonly code: "NetworkUnavailable" }
  | { readonly code: "NodeExcluded"; readonly label: string }
  | { readonly code: "NoLocalEndpoints"; readonly nodes: readonly string[] }
  | { readonly code: "NoInterface"; readonly selectors: readonly LinkSelector[] }
  | { readonly code: "LinkDown"; readonly link: string }
  | { readonly code: "AddressInUse"; readonly link: string; readonly mac: string }
  | { readonly code: "HoldDown"; readonly link: string };

/** A code a node can be refused an address with. */
export type AnnouncementRefusalCode = AnnouncementRefusal["code"];

/** Every {@link AnnouncementRefusalCode}; docs/troubleshooting.md has a heading for each. */
export const ANNOUNCEMENT_REFUSAL_CODES = [
  "NoAnnouncement",
  "NodeUnknown",
  "NodeNotSelected",
  "NodeNotReady",
  "NetworkUnavailable",
  "NodeExcluded",
  "NoLocalEndpoints",
  "NoInterface",
  "LinkDown",
  "AddressInUse",
  "HoldDown",
] as const satisfies readonly AnnouncementRefusalCode[];

/** The sentence for the operator: what is wrong and what to do. No final period. */
export function describeAnnouncementRefusal(refusal: AnnouncementRefusal): string {
  switch (refusal.code) {
    case "NoAnnouncement":
      return `No L2Advertisement announces this Service's addresses of IPAddressPool ${refusal.pool}: one must select both the pool and the Service; spec.advertise: Auto announces only a pool that none selects`;
    case "NodeUnknown":
      return `There is no Node object called ${refusal.node}: --node-name must be the name of the Node`;
    case "NodeNotSelected":
      return `The nodeSelectors of L2Advertisement ${refusal.advertisements.join(", ")} do not select this node`;
    case "NodeNotReady":
      return "The Node's condition Ready is not True, and other candidates are ready";
    case "NetworkUnavailable":
      return "The Node's condition NetworkUnavailable is True: its container network is not set up";
    case "NodeExcluded":
      return `The Node has the label ${refusal.label}: remove it if this node is to serve external traffic`;
    case "NoLocalEndpoints":
      return refusal.nodes.length === 0
        ? "externalTrafficPolicy is Local, and no node has an endpoint that is ready or still serving"
        : `externalTrafficPolicy is Local, and no endpoint on this node is ready; there are some on ${refusal.nodes.join(", ")}`;
    case "NoInterface":
      return `No link of this node can announce the address: one must ${refusal.selectors.map(describeSelector).join(", or ")}`;
    case "LinkDown":
      return `Link ${refusal.link} is down or has no carrier`;
    case "AddressInUse":
      return `Another host on link ${refusal.link} uses the address: ${refusal.mac}`;
    case "HoldDown":
      return `Link ${refusal.link} was lost, or this speaker stopped, 3 times within a minute: for a while other candidates are preferred`;
  }
}

function describeSelector({ interfaces, subnets, exclude }: LinkSelector): string {
  const isAny = interfaces.length + subnets.length === 0;
  return [
    ...(isAny ? ["have a subnet that holds it"] : []),
    ...(interfaces.length > 0 ? [`be called ${interfaces.join(" or ")}`] : []),
    ...(subnets.length > 0 ? [`have a subnet in ${subnets.map(formatRange).join(" or ")}`] : []),
    ...(exclude.length > 0 ? [`not be called ${exclude.join(" or ")}`] : []),
  ].join(" and ");
}
