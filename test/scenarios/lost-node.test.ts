import { expect } from "chai";
import { Site, VIP } from "./site.ts";

/** Endpoints of Service web on n1, n2 and n3. */
const [ON_N1, ON_N2, ON_N3] = ["10.244.0.1", "10.244.0.2", "10.244.0.3"] as const;
const ALL = [ON_N1, ON_N2, ON_N3];
/** From the loss of a node until forwarding has changed on the others: the detection time and what it takes to act. */
const KNOWN_WITHIN = 900;

describe("a node whose InternalIP is on the LAN", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create();
    await site.service("web");
  });
  afterEach(() => site.close());

  it("gets no new connections once it is lost as a whole, and is named", async () => {
    await site.at("n2").crash();
    await site.pass(KNOWN_WITHIN);
    expect([site.endpointsAt("n1"), site.endpointsAt("n3")]).to.deep.equal([
      [ON_N1, ON_N3],
      [ON_N1, ON_N3],
    ]);
    await site.settle();
    expect([site.remarks("n1"), site.remarks("n3")]).to.deep.equal([["n2 NodeLost"], ["n2 NodeLost"]]);
    expect(site.log.lines.filter(({ message }) => message.startsWith("node lost"))).to.have.length(2);
  });

  it("keeps its endpoints while it answers, though its speaker is killed", async () => {
    await site.at("n2").kill();
    await site.pass(5_000);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    expect(site.remarks("n1")).to.deep.equal(["n2 SpeakerSilent"]);
  });

  it("keeps its endpoints while its speaker is restarted", async () => {
    const stopped = site.at("n2").stop();
    await site.pass(2_000);
    await stopped;
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    site.at("n2").start();
    await site.settle();
    expect([site.endpointsAt("n1"), site.remarks("n1")]).to.deep.equal([ALL, []]);
  });

  it("keeps its endpoints if it answers ARP alone, as behind a firewall", async () => {
    site.at("n2").kernel.answersEcho = false;
    await site.pass(40_000);
    await site.at("n2").kill();
    await site.pass(5_000);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    await site.at("n2").crash();
    await site.pass(2_000);
    expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
  });

  it("keeps the endpoints of a Service that has no others", async () => {
    site.endpoints("web", { n2: "ready" });
    await site.settle();
    const before = site.endpointsAt("n1");
    await site.at("n2").crash();
    await site.settle();
    expect(site.endpointsAt("n1")).to.deep.equal(before).and.to.have.length(1);
  });

  it("gets connections again a second after it has come back", async () => {
    site.at("n2").host.cut();
    await site.settle();
    expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
    site.at("n2").host.restore();
    await site.pass(900);
    expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
    await site.pass(700);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
  });

  it("is left out while it comes and goes", async () => {
    const { host } = site.at("n2");
    host.cut();
    await site.settle();
    for (let i = 0; i < 5; i++) {
      host.restore();
      await site.pass(800);
      expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
      host.cut();
      await site.pass(1_500);
      expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
    }
    const losses = site.log.lines.filter(
      ({ message, fields }) => message.startsWith("node lost") && fields.node === "n1",
    );
    expect(losses).to.have.length.above(1);
  });

  it("is not blamed for a stop of the one that looks", async () => {
    for (const millis of [500, 3_000]) {
      site.at("n1").pause();
      await site.pass(millis);
      site.at("n1").resume();
      await site.settle();
      expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    }
    const losses = site.log.lines.filter(
      ({ message, fields }) => message.startsWith("node lost") && fields.node === "n1",
    );
    expect(losses).to.deep.equal([]);
  });

  it("keeps its endpoints while its speaker is stopped, and sees no one lost when that goes on", async () => {
    site.at("n2").pause();
    await site.pass(4_000);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    site.at("n2").resume();
    await site.settle();
    expect(site.endpointsAt("n2")).to.deep.equal(ALL);
    expect(site.log.lines.filter(({ message }) => message.startsWith("node lost"))).to.deep.equal([]);
  });

  it("is reached by its part of a network that has come apart: each part serves with what it reaches", async () => {
    site.lan.divide("n3", "client");
    await site.settle();
    expect(site.nodes.map(({ name }) => site.endpointsAt(name))).to.deep.equal([
      [ON_N1, ON_N2],
      [ON_N1, ON_N2],
      [ON_N3],
    ]);
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
    site.lan.divide();
    await site.settle();
    for (const { name } of site.nodes) expect(site.endpointsAt(name)).to.deep.equal(ALL);
  });

  it("is still a candidate for addresses as the API has it, on every node", async () => {
    await site.service("local", { externalTrafficPolicy: "Local" }, { n2: "ready", n3: "ready" });
    const [address = ""] = site.ingress("local");
    await site.at("n2").crash();
    await site.settle();
    expect(await site.answering(address)).to.deep.equal(["n3"]);
    expect(site.refusals(address)).to.include({ n1: "NoLocalEndpoints" });
  });
});

describe("a node whose InternalIP is on another network", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create({}, { internal: "management" });
    await site.service("web");
  });
  afterEach(() => site.close());

  it("keeps its endpoints when its LAN link alone is cut: pods are reached by the other network", async () => {
    site.at("n2").host.cut();
    await site.pass(5_000);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    expect(site.remarks("n1")).to.deep.equal(["n2 SpeakerSilent"]);
  });

  it("is lost when both are", async () => {
    await site.at("n2").crash();
    await site.pass(KNOWN_WITHIN);
    expect(site.endpointsAt("n1")).to.deep.equal([ON_N1, ON_N3]);
  });

  it("is never taken for lost if it has answered nothing while it was heard, which is said", async () => {
    site.at("n2").kernel.answersEcho = false;
    await site.pass(70_000);
    expect(site.remarks("n1")).to.deep.equal(["n2 NoAnswer"]);
    await site.at("n2").crash();
    await site.pass(5_000);
    expect(site.endpointsAt("n1")).to.deep.equal(ALL);
    expect(site.remarks("n1")).to.deep.equal(["n2 SpeakerSilent"]);
  });
});
