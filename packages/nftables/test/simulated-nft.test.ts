import { nftCompliance } from "../src/testing/compliance.ts";
import { SimulatedNft } from "../src/testing/simulated-nft.ts";

nftCompliance("simulated", async () => {
  const nft = new SimulatedNft();
  return {
    nft,
    elements: async ({ family, name }) => {
      const sets = nft.table(`${family} ${name}`)?.sets;
      return sets && new Map([...sets].filter(([, elements]) => elements.size > 0));
    },
  };
});
