import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { expect } from "chai";

const root = new URL("../../", import.meta.url);

async function pages(): Promise<URL[]> {
  const top = (await readdir(root)).map((name) => new URL(name, root));
  const folder = new URL("docs/", root);
  const docs = (await readdir(folder, { recursive: true })).map((name) => new URL(name, folder));
  return [...top, ...docs].filter(({ pathname }) => pathname.endsWith(".md"));
}

/** GitHub's anchor of each heading. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    const plain = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "");
    return plain.replaceAll(" ", "-");
  });
}

function brokenLinks(page: URL): string[] {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const target = new URL(link, page);
    const anchor = target.hash.slice(1);
    target.hash = "";
    if (!existsSync(target)) return true;
    return anchor !== "" && !anchors(readFileSync(target, "utf8")).includes(anchor);
  });
}

/** Paths in backquotes that name a file or folder of this repository. */
function brokenPaths(page: URL): string[] {
  const text = readFileSync(page, "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  const paths = [...text.matchAll(/`((?:packages|hack|config|test|docs|bin)\/[\w./@-]+)`/g)].map(
    ([, path = ""]) => path,
  );
  return paths.filter((path) => !existsSync(new URL(path, root)));
}

describe("the documents", () => {
  it("link only to files and headings that are there", async () => {
    expect((await pages()).flatMap((page) => brokenLinks(page).map((link) => `${page.pathname}: ${link}`))).to.be.empty;
  });
  it("name only files that are there", async () => {
    expect((await pages()).flatMap((page) => brokenPaths(page).map((path) => `${page.pathname}: ${path}`))).to.be.empty;
  });
});
