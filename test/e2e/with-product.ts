import type { Cluster } from "@fairlead/testing";
import { after, before } from "mocha";
import { Product, type ProductOptions } from "./product.ts";
import { Scene } from "./scene.ts";
import { sharedCluster } from "./shared-cluster.ts";

/** Where the tests of one file take place. */
export interface Stage {
  readonly cluster: Cluster;
  readonly product: Product;
  readonly scene: Scene;
}

/**
 * Runs the product on the shared cluster from before the first test of the suite until after the last. It begins with an
 * empty scene, whatever a suite before it left behind when it failed. What a suite does after its tests while the product
 * still runs, it says before it calls this.
 */
export function withProduct(onReady: (stage: Stage) => void, options?: ProductOptions): void {
  let product: Product | undefined;
  before("starts the product", async () => {
    const cluster = await sharedCluster();
    product = await Product.start(cluster, options);
    const scene = new Scene(cluster);
    await scene.clear();
    onReady({ cluster, product, scene });
  });
  after("ends the product", () => product?.stop());
}
