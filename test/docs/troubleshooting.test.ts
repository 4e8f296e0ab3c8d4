import { readFileSync } from "node:fs";
import { DOUBT_CODES, HEARTBEAT_IGNORED_CAUSES, RELEASE_CAUSES, TAKE_OVER_CAUSES } from "@fairlead/l2";
import {
  ALLOCATION_REFUSAL_CODES,
  ANNOUNCEMENT_REFUSAL_CODES,
  DRAINING_CODES,
  PROBLEM_REASONS,
  TROUBLE_CODES,
} from "@fairlead/model";
import { NODE_REASONS } from "@fairlead/speaker";
import { expect } from "chai";

/** Reasons of conditions and Events that say that all is well, or that there is nothing to do. */
const OTHER_REASONS = [
  "Accepted",
  "Allocated",
  "Draining",
  "InPool",
  "NotServed",
  "Reserved",
  "UnknownAnnotation",
  "Withdrawing",
  "AddressAnnounced",
  "AddressConflict",
];

const CODES = [
  ...PROBLEM_REASONS,
  ...ALLOCATION_REFUSAL_CODES,
  ...ANNOUNCEMENT_REFUSAL_CODES,
  ...DRAINING_CODES,
  ...TAKE_OVER_CAUSES,
  ...RELEASE_CAUSES,
  ...HEARTBEAT_IGNORED_CAUSES,
  ...DOUBT_CODES,
  ...NODE_REASONS,
  ...TROUBLE_CODES,
  ...OTHER_REASONS,
];

const page = readFileSync(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
const sections = page.split(/^### /m).slice(1);

describe("docs/troubleshooting.md", () => {
  it("has a heading for every code, and a code for every heading", () => {
    const headings = sections.map((section) => section.split("\n")[0]);
    expect(headings).to.have.members([...new Set(CODES)]);
  });
  for (const section of sections) {
    it(`says what ${section.split("\n")[0]} means, where it is seen and what to do`, () => {
      for (const part of ["Means:", "Seen:", "Do:"]) expect(section).to.contain(`\n- **${part}** `);
    });
  }
});
