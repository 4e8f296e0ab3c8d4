import { createSecretKey } from "node:crypto";
import {
  DEFAULT_SETTINGS,
  describeDown,
  encodeMessage,
  type PathAttribute,
  Session,
  type SessionEvent,
  type UpdateMessage,
} from "@fairlead/bgp";
import { connectTcp } from "@fairlead/linux/io";
import { parseAddress, parsePrefix } from "@fairlead/net";
import { systemClock } from "@fairlead/runtime/io";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { ROUTERS, type Router, type RouterSetup } from "./bgp-routers.ts";
import { type ClientLink, openClientLink } from "./responder-bench.ts";

const PREFIX = { 4: "198.51.100.9/32", 6: "2001:db8:1::9/128" } as const;
const PATH: readonly PathAttribute[] = [
  { kind: "origin", origin: "igp" },
  { kind: "asPath", segments: [{ kind: "sequence", asns: [64512] }] },
];
const NOTHING: UpdateMessage = { kind: "update", withdrawnRoutes: [], attributes: [], nlri: [] };

const ANNOUNCE: Readonly<Record<4 | 6, UpdateMessage>> = {
  4: {
    ...NOTHING,
    attributes: [...PATH, { kind: "nextHop", address: parseAddress("192.0.2.1") }],
    nlri: [parsePrefix(PREFIX[4])],
  },
  6: {
    ...NOTHING,
    attributes: [
      { kind: "mpReach", family: 6, nextHop: { address: parseAddress("2001:db8::1") }, nlri: [parsePrefix(PREFIX[6])] },
      ...PATH,
    ],
  },
};
const WITHDRAW: Readonly<Record<4 | 6, UpdateMessage>> = {
  4: { ...NOTHING, withdrawnRoutes: [parsePrefix(PREFIX[4])] },
  6: { ...NOTHING, attributes: [{ kind: "mpUnreach", family: 6, withdrawn: [parsePrefix(PREFIX[6])] }] },
};

const VARIANTS: readonly {
  readonly name: string;
  readonly session: 4 | 6;
  readonly families: readonly (4 | 6)[];
  readonly password?: string;
}[] = [
  { name: "IPv4", session: 4, families: [4] },
  { name: "IPv6", session: 6, families: [6] },
  { name: "both families over IPv4", session: 4, families: [4, 6] },
  { name: "a signed session", session: 4, families: [4], password: "secret" },
  { name: "a signed session over IPv6", session: 6, families: [6], password: "secret" },
];
const ENDS = { 4: ["192.0.2.2", "192.0.2.1"], 6: ["2001:db8::2", "2001:db8::1"] } as const;

for (const name of ["BIRD", "FRR", "GoBGP"] as const) {
  describe(`a BGP session with ${name}`, () => {
    let lan: ClientLink;
    let router: Router | undefined;
    let session: Session | undefined;
    let events: SessionEvent[];
    let updates: Uint8Array[];
    beforeEach(async () => {
      lan = await openClientLink();
      events = [];
      updates = [];
    });
    afterEach(async () => {
      session?.stop({ code: "AdministrativeShutdown" });
      await router?.stop();
      await lan.close();
    });

    const begin = async (variant: (typeof VARIANTS)[number], password = variant.password) => {
      const [here, there] = ENDS[variant.session];
      const setup: RouterSetup = { namespace: lan.client, here, there, ...variant };
      router = await ROUTERS[name](setup);
      const key = password === undefined ? {} : { key: createSecretKey(Buffer.from(password)) };
      session = new Session({
        settings: {
          ...DEFAULT_SETTINGS,
          localAs: 64512,
          routerId: 0xc0000201,
          remoteAs: 64513,
          families: variant.families,
          hasKey: password !== undefined,
          connectRetry: 3_000,
        },
        connectTcp,
        target: { to: { address: parseAddress(here), port: 179 }, localAddress: parseAddress(there), ...key },
        clock: systemClock,
        nextUpdate: () => updates.shift(),
        onEvent: (event) => events.push(event),
      });
      session.start();
      return { session, router };
    };
    const told = () => events.map((event) => (event.kind === "down" ? describeDown(event.reason) : event.kind));

    for (const variant of VARIANTS) {
      it(`carries routes and takes them back: ${variant.name}`, async () => {
        const { session, router } = await begin(variant);
        const send = (messages: Readonly<Record<4 | 6, UpdateMessage>>) => {
          const { state } = session;
          if (state.name !== "Established") throw new Error(`${state.name}: ${told().join("; ")}`);
          updates.push(...variant.families.map((family) => encodeMessage(messages[family], state.negotiated)));
          session.wake();
        };
        const has = async (family: 4 | 6) =>
          (await router.table(family)).includes(PREFIX[family].replace(/\/\d+$/, ""));
        await until("the session is up", () => session.state.name === "Established", { withinMillis: 10_000 });
        send(ANNOUNCE);
        for (const family of variant.families) await until(`${PREFIX[family]} is in its table`, () => has(family));
        send(WITHDRAW);
        for (const family of variant.families) {
          await until(`${PREFIX[family]} is gone`, async () => !(await has(family)));
        }
        // FRR refuses IPv6 sessions (5/0) until zebra has told it of the address that they come to.
        expect(told().indexOf("established")).to.equal(events.length - 1);
      });
    }

    it("names what can be behind silence, the key among it, when the key is wrong (BG-16)", async () => {
      await begin({ name: "", session: 4, families: [4], password: "secret" }, "other");
      await until("the attempt is given up", () => events.length > 0, { withinMillis: 12_000 });
      expect(told()[0]).to.match(/does not answer: the key differs/);
    });
  });
}
