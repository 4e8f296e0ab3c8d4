import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { NODE, ndpSocketCompliance, PEER } from "@fairlead/l2/testing";
import { openLinkSocket, openNdpSocket, watchLinks } from "@fairlead/linux/io";
import { formatAddress } from "@fairlead/net";
import { Namespace, until } from "@fairlead/testing";

const execute = promisify(execFile);

ndpSocketCompliance("raw-socket", async () => {
  // The peer answers the kernel's own questions for its address, though frames are sent and heard past its kernel.
  const ends = [
    { name: "node", address: formatAddress(NODE), mac: "02:00:5e:00:53:01" },
    { name: "peer", address: formatAddress(PEER), mac: "02:00:5e:00:53:02" },
  ];
  const [node, peer] = ends.map(({ mac }) => mac);
  await execute("ip", `link add node address ${node} type veth peer name peer address ${peer}`.split(" "));
  await Namespace.own().ip(
    ...ends.flatMap(({ name, address }) => [
      `link set ${name} addrgenmode none`,
      `link set ${name} up`,
      `address add ${address}/64 dev ${name} nodad`,
    ]),
  );
  const links = await watchLinks();
  const find = (name: string) => links.current().find((link) => link.name === name && link.up);
  const [left, right] = await until("both links are up", () => {
    const [a, b] = [find("node"), find("peer")];
    return a !== undefined && b !== undefined && ([a, b] as const);
  });
  return {
    openNdpSocket,
    link: left,
    peer: { openLinkSocket, link: right },
    async close() {
      links.close();
      await execute("ip", ["link", "delete", "node"]);
    },
  };
});
