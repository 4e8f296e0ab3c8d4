import { expect } from "chai";
import { explainConnectFailure } from "../src/connect-failure.ts";

const SERVER = "https://192.0.2.1:6443";
const failure = (code: string, message = `went wrong: ${code}`) => Object.assign(new Error(message), { code });

describe("a request without an answer", () => {
  for (const [code, meaning] of [
    ["ECONNREFUSED", "nothing listens there"],
    ["UND_ERR_CONNECT_TIMEOUT", "there was no answer in time"],
    ["ENOTFOUND", "its name does not resolve"],
    ["ENETUNREACH", "there is no route to that network"],
    ["CERT_HAS_EXPIRED", "its certificate has expired"],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "its certificate is signed by none of the certificate authorities in the kubeconfig",
    ],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "its certificate is signed by none of the certificate authorities in the kubeconfig",
    ],
  ] as const) {
    it(`is explained: ${code}`, () => {
      expect(explainConnectFailure(SERVER, failure(code))).to.equal(`${SERVER}: ${meaning} (went wrong: ${code})`);
    });
  }
  it("keeps the words of an error that it does not know, in one line", () => {
    expect(explainConnectFailure(SERVER, failure("ODD", "a\nb"))).to.equal(`${SERVER}: a b`);
  });
  it("takes the words of the cause where there are none", () => {
    expect(explainConnectFailure(SERVER, new Error("", { cause: new Error("deeper") }))).to.contain("deeper");
  });
});
