import { parseAddress, parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import type { RawObject } from "../../src/ports.ts";
import { goodValue, problemsOf, readRaw } from "./builders.ts";

const node = (spec: object | undefined, status: object | undefined): RawObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n1", labels: { rack: "1" } },
  spec,
  status,
});
const slice = (more: object, labels: Record<string, string> = { "kubernetes.io/service-name": "web" }): RawObject => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { namespace: "shop", name: "web-1", labels },
  addressType: "IPv4",
  ports: [{ name: "http", protocol: "TCP", port: 8080 }],
  endpoints: [{ addresses: ["10.0.0.1"], nodeName: "n1", conditions: { ready: true } }],
  ...more,
});
const endpoints = (endpoint: object) => goodValue("EndpointSlice", slice({ endpoints: [endpoint] }))[0]?.endpoints;
const ENDPOINT = { address: parseAddress("10.0.0.1"), port: 8080, ready: true, serving: true };

describe("a Node", () => {
  it("is read whole", () =>
    expect(
      goodValue(
        "Node",
        node(
          { podCIDRs: ["10.244.1.0/24"] },
          {
            addresses: [
              { type: "Hostname", address: "n1" },
              { type: "InternalIP", address: "198.51.100.1" },
              { type: "InternalIP", address: "2001:db8::1" },
              { type: "ExternalIP", address: "203.0.113.1" },
            ],
            conditions: [
              { type: "Ready", status: "True" },
              { type: "NetworkUnavailable", status: "True" },
            ],
          },
        ),
      ),
    ).to.deep.equal({
      name: "n1",
      labels: { rack: "1" },
      ready: true,
      networkUnavailable: true,
      internalAddresses: [parseAddress("198.51.100.1"), parseAddress("2001:db8::1")],
      addresses: ["198.51.100.1", "2001:db8::1", "203.0.113.1"].map(parseAddress),
      podRanges: [parseRange("10.244.1.0/24")],
    }));

  it("is neither ready nor cut off before anyone has said so", () =>
    expect(goodValue("Node", node(undefined, undefined))).to.deep.include({ ready: false, networkUnavailable: false }));

  it("is not ready while that is unknown", () =>
    expect(goodValue("Node", node({}, { conditions: [{ type: "Ready", status: "Unknown" }] })).ready).to.equal(false));

  it("has a problem with a pod network that is none", () =>
    expect(problemsOf("Node", node({ podCIDRs: ["x"] }, {})).map(({ field }) => field)).to.deep.equal([
      "spec.podCIDRs[0]",
    ]));
});

describe("an EndpointSlice", () => {
  it("has an entry for each port", () =>
    expect(
      goodValue(
        "EndpointSlice",
        slice({
          ports: [
            { name: "http", port: 8080 },
            { name: "dns", protocol: "UDP", port: 53 },
          ],
        }),
      ),
    ).to.deep.equal([
      {
        namespace: "shop",
        service: "web",
        portName: "http",
        protocol: "TCP",
        endpoints: [{ ...ENDPOINT, nodeName: "n1" }],
      },
      {
        namespace: "shop",
        service: "web",
        portName: "dns",
        protocol: "UDP",
        endpoints: [{ ...ENDPOINT, port: 53, nodeName: "n1" }],
      },
    ]));

  for (const [what, endpoint, wanted] of [
    ["ready when that is unset", { addresses: ["10.0.0.1"] }, ENDPOINT],
    [
      "not ready",
      { addresses: ["10.0.0.1"], conditions: { ready: false } },
      { ...ENDPOINT, ready: false, serving: false },
    ],
    [
      "serving though terminating",
      { addresses: ["10.0.0.1"], conditions: { ready: false, serving: true, terminating: true } },
      { ...ENDPOINT, ready: false, terminating: true },
    ],
    ["S-05: on no node", { addresses: ["10.0.0.1"], nodeName: null }, ENDPOINT],
    ["at the first of several addresses", { addresses: ["10.0.0.1", "10.0.0.2"] }, ENDPOINT],
  ] as const) {
    it(`has an endpoint that is ${what}`, () => expect(endpoints(endpoint)).to.deep.equal([wanted]));
  }

  for (const [what, raw] of [
    ["without a port", slice({ ports: [{ name: "all" }] })],
    ["of host names", slice({ addressType: "FQDN" })],
    ["of no Service", slice({}, {})],
    ["with nothing in it", slice({ ports: null, endpoints: null })],
  ] as const) {
    it(`has no entry ${what}`, () => expect(goodValue("EndpointSlice", raw)).to.deep.equal([]));
  }

  it("is read or has problems, whatever is in it", () =>
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (ports, list) => {
        for (const raw of [slice({ ports }), slice({ endpoints: list }), slice({ endpoints: [list] })]) {
          const read = readRaw("EndpointSlice", raw);
          if ("problems" in read) expect(read.problems).to.not.deep.equal([]);
        }
      }),
      { numRuns: 200 },
    ));
});
