import { expect } from "chai";
import { parse } from "yaml";
import { kubeconfig } from "../src/kubeconfig.ts";

describe("kubeconfig", () => {
  const document = parse(kubeconfig({ server: "https://10.0.0.1:6443", authority: "PEM", token: "secret" }));

  it("has one context, and it is the current one", () => {
    expect(document.contexts).to.have.length(1);
    expect(document["current-context"]).to.equal(document.contexts[0].name);
  });

  it("names the server, its authority and the token", () => {
    expect(document.clusters[0].cluster).to.deep.equal({
      server: "https://10.0.0.1:6443",
      "certificate-authority-data": "UEVN",
    });
    expect(document.users[0].user).to.deep.equal({ token: "secret" });
  });
});
