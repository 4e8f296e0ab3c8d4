import { until } from "@fairlead/testing";
import type { Site } from "./site.ts";

/** An address that a speaker says it owns. */
export interface OwnedAddress {
  readonly address: string;
  readonly epoch: number;
}

/** What each speaker's status says that it owns, by node. */
export async function ownedByNode({ cluster }: Pick<Site, "cluster">): Promise<Map<string, readonly OwnedAddress[]>> {
  const { items } = (await cluster.controlPlane.api.get("/apis/fairlead.dev/v1beta1/speakerstatuses")) as {
    items: { metadata: { name: string }; status?: { layer2?: { addresses?: OwnedAddress[] } } }[];
  };
  return new Map(items.map(({ metadata, status }) => [metadata.name, status?.layer2?.addresses ?? []]));
}

/** Waits until each of so many addresses has one owner, by the speakers' status. */
export async function allOwned(site: Pick<Site, "cluster">, count: number): Promise<void> {
  await until(
    `each of ${count} addresses has one owner`,
    async () => {
      const all = [...(await ownedByNode(site)).values()].flat().map(({ address }) => address);
      return all.length === count && new Set(all).size === count;
    },
    { withinMillis: 120_000, everyMillis: 500 },
  );
}
