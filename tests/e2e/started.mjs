// One server and one browser for the file of journeys that imports them: there before its first test, gone after its last.

import { after, before } from "node:test";
import { launch, startServer } from "./harness.mjs";

export let server, browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
