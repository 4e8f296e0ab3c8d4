import { expect } from "chai";
import { UNICAST, unicastFamily } from "../../src/packet/family.ts";
import { AS_TRANS, notification, type OpenMessage, speakerAs } from "../../src/packet/message.ts";
import { NOTIFICATION_CODES, type NotificationName, notificationName } from "../../src/packet/notification-names.ts";

const OPEN: OpenMessage = { kind: "open", as: 64512, holdTimeSeconds: 9, routerId: 1, capabilities: [] };

describe("the names of NOTIFICATIONs", () => {
  for (const name of Object.keys(NOTIFICATION_CODES) as NotificationName[]) {
    const { code, subcode } = notification(name);
    it(`have ${code}/${subcode} as ${name}, and no other`, () =>
      expect(notificationName(code, subcode)).to.equal(name));
  }
  it("leave what no RFC names without one", () => {
    expect(notificationName(2, 5)).to.equal(undefined);
    expect(notificationName(12, 7)).to.equal(undefined);
  });
});

describe("the AS of an OPEN's sender", () => {
  it("is the field's without the capability", () => expect(speakerAs(OPEN)).to.equal(64512));
  it("is the first capability's", () => {
    const capabilities = [4200000001, 64513].map((as) => ({ kind: "fourOctetAs", as }) as const);
    expect(speakerAs({ ...OPEN, as: AS_TRANS, capabilities })).to.equal(4200000001);
  });
});

describe("unicast families", () => {
  it("are those of IPv4 and IPv6", () => expect([UNICAST[4], UNICAST[6]].map(unicastFamily)).to.deep.equal([4, 6]));
  it("are no others", () => {
    const others = [
      { afi: 1, safi: 2 },
      { afi: 2, safi: 128 },
      { afi: 25, safi: 1 },
    ];
    expect(others.map(unicastFamily)).to.deep.equal([undefined, undefined, undefined]);
  });
});
