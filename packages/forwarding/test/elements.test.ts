import { parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import { portElements } from "../src/elements.ts";
import type { ForwardedPort } from "../src/table.ts";
import { aPort, here, there } from "./builders.ts";

const KEY = "198.51.100.10 . tcp . 80";
const A = here("10.244.1.10");
const B = there("10.244.2.10");
const LOCAL_A = ["local-endpoints4 10.244.1.10", "hairpins4 10.244.1.10 . 10.244.1.10"];

interface Row {
  readonly name: string;
  readonly port: ForwardedPort;
  /** Beside the VIP. */
  readonly elements: readonly string[];
}

const DIRECT: readonly Row[] = [
  {
    name: "refuses what has no endpoint",
    port: aPort(),
    elements: [`ports4 ${KEY}`, `unavailable4 ${KEY} : goto refuse`],
  },
  {
    name: "balances over the endpoints of all nodes and masquerades for the remote ones under policy Cluster",
    port: aPort({ endpoints: [B, A] }),
    elements: [
      `ports4 ${KEY}`,
      `services4 ${KEY} : goto rr-2`,
      `endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      `endpoints4 ${KEY} . 1 : 10.244.2.10 . 8080`,
      `masqueraded4 ${KEY}`,
      ...LOCAL_A,
    ],
  },
  {
    name: "masquerades nothing when all endpoints are local",
    port: aPort({ endpoints: [A] }),
    elements: [
      `ports4 ${KEY}`,
      `services4 ${KEY} : goto rr-1`,
      `endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      ...LOCAL_A,
    ],
  },
  {
    name: "shows only local endpoints to the outside under policy Local, and all of them to the inside",
    port: aPort({ policy: "Local", endpoints: [A, B] }),
    elements: [
      `ports4 ${KEY}`,
      `services4 ${KEY} : goto rr-1`,
      `endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      `inside4 ${KEY} : goto rri-2`,
      `inside-endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      `inside-endpoints4 ${KEY} . 1 : 10.244.2.10 . 8080`,
      ...LOCAL_A,
    ],
  },
  {
    name: "is silent to the outside under policy Local without a local endpoint",
    port: aPort({ policy: "Local", endpoints: [B] }),
    elements: [
      `ports4 ${KEY}`,
      `unavailable4 ${KEY} : goto silence`,
      `inside4 ${KEY} : goto rri-1`,
      `inside-endpoints4 ${KEY} . 0 : 10.244.2.10 . 8080`,
    ],
  },
  {
    name: "picks by the client's address under affinity ClientIP, inside too",
    port: aPort({ policy: "Local", affinity: "ClientIP", endpoints: [A, B] }),
    elements: [
      `ports4 ${KEY}`,
      `services4 ${KEY} : goto ah-1`,
      `endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      `inside4 ${KEY} : goto ahi-2`,
      `inside-endpoints4 ${KEY} . 0 : 10.244.1.10 . 8080`,
      `inside-endpoints4 ${KEY} . 1 : 10.244.2.10 . 8080`,
      ...LOCAL_A,
    ],
  },
  {
    name: "limits sources to disjoint ranges",
    port: aPort({ sourceRanges: [parseRange("10.1.0.0/16"), parseRange("10.0.0.0/8"), parseRange("192.0.2.7/32")] }),
    elements: [
      `limited4 ${KEY}`,
      `allowed4 ${KEY} . 10.0.0.0-10.255.255.255`,
      `allowed4 ${KEY} . 192.0.2.7`,
      `ports4 ${KEY}`,
      `unavailable4 ${KEY} : goto refuse`,
    ],
  },
  {
    name: "lets nobody in when all source ranges are of the other family",
    port: aPort({ sourceRanges: [parseRange("2001:db8::/32")] }),
    elements: [`limited4 ${KEY}`, `ports4 ${KEY}`, `unavailable4 ${KEY} : goto refuse`],
  },
  {
    name: "has no limits when the source ranges are everybody",
    port: aPort({ sourceRanges: [parseRange("0.0.0.0/1"), parseRange("128.0.0.0/1")] }),
    elements: [`ports4 ${KEY}`, `unavailable4 ${KEY} : goto refuse`],
  },
  {
    name: "counts an endpoint once that is listed twice",
    port: aPort({ endpoints: [B, B] }),
    elements: [
      `ports4 ${KEY}`,
      `services4 ${KEY} : goto rr-1`,
      `endpoints4 ${KEY} . 0 : 10.244.2.10 . 8080`,
      `masqueraded4 ${KEY}`,
    ],
  },
];

describe("Elements of a port", () => {
  for (const { name, port, elements } of DIRECT) {
    it(`${name} (direct)`, () => expect(render(port, "direct")).to.deep.equal(["vips4 198.51.100.10", ...elements]));
  }

  it("names the IPv6 sets and the protocol", () =>
    expect(
      render(
        aPort({ vip: parseAddress("fdee::10"), protocol: "SCTP", port: 3868, endpoints: [there("fd44::2:10")] }),
        "direct",
      ),
    ).to.deep.equal([
      "vips6 fdee::10",
      "ports6 fdee::10 . sctp . 3868",
      "services6 fdee::10 . sctp . 3868 : goto rr-1",
      "endpoints6 fdee::10 . sctp . 3868 . 0 : fd44::2:10 . 8080",
      "masqueraded6 fdee::10 . sctp . 3868",
    ]));

  it("rewrites to the NodePort and back, within the source ranges (nodePort)", () =>
    expect(
      render(aPort({ nodePort: 30080, endpoints: [A, B], sourceRanges: [parseRange("10.0.0.0/8")] }), "nodePort"),
    ).to.deep.equal([
      "vips4 198.51.100.10",
      `limited4 ${KEY}`,
      `allowed4 ${KEY} . 10.0.0.0-10.255.255.255`,
      `nodeports4 ${KEY} : 30080`,
      "reply-vips4 tcp . 30080 : 198.51.100.10",
      "reply-ports4 tcp . 30080 : 80",
    ]));
});

function render(port: ForwardedPort, mode: "direct" | "nodePort"): string[] {
  return portElements({ port, mode }).map(
    ({ set, key, value }) => `${set} ${key}${value === undefined ? "" : ` : ${value}`}`,
  );
}
