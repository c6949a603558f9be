// Sign-in by a real provider (oidc-provider), in the browser from end to end: by OpenID Connect, and by OAuth 2.0 as a
// platform whose user information a mapping reads.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import Provider from "oidc-provider";
import { screenshot, test } from "./harness.mjs";
import { PASSWORD, openAs } from "./request_page.mjs";

const CLIENT = "omfund";
const SECRET = "a-secret-of-the-client";

// A provider whose client is our site. Its own pages ask for a name and believe it.
async function startProvider(site, protocol) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${site}/sso/${protocol}`],
        post_logout_redirect_uris: [`${site}/`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: ["a-key-of-the-test"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });
  server.on("request", provider.callback());
  return { issuer, stop: () => server.close() };
}

// Signs in at the provider as `subject`.
async function signInThere(page, subject) {
  await page.locator('input[name="login"]').fill(subject);
  await page.locator('input[name="password"]').fill("whatever");
  await page.locator('button[type="submit"]').click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("the office's own sign-in opens the account that two administrators bound to it", async (world) => {
  // The provider's pages name a font elsewhere; what is not bound is refused.
  world.expectTrouble(/fonts\.googleapis/, /status of 403 .*\/api\/sso\/session/, /status of 404 .*favicon/);
  const site = world.server.url;
  const provider = await startProvider(site, "oidc");
  try {
    const secret = join(world.server.folder, "client-secret");
    writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
    await world.server.restartWith([
      "--public-url",
      site,
      "--oidc-issuer",
      provider.issuer,
      "--oidc-client-id",
      CLIENT,
      "--oidc-client-secret-file",
      secret,
      "--oidc-label",
      "省统一身份认证",
    ]);
    const person = await world.newPage();
    await person.route(/fonts\.googleapis/, (route) => route.abort());
    await person.goto(`${site}/requests/water-2024`);
    await person.getByRole("button", { name: "用省统一身份认证登录" }).click();
    await signInThere(person, "u-7731");
    await person.getByText("认证标识“u-7731”没有绑定本系统的账号").waitFor();
    await screenshot(person, "sso-not-bound");

    const system = await openAs(world, "admin.system", "/accounts");
    await system.locator('[data-account-line="water.filler"] [data-act="link_subject"]').click();
    await system.locator('input[name="sso-subject"]').fill("u-7731");
    await screenshot(system, "sso-bind");
    await system.locator('[data-dialog="account"]').getByRole("button", { name: "提出" }).click();
    const security = await openAs(world, "admin.security", "/accounts");
    await security.locator('[data-act="decide-order"]').click();
    assert.match(await security.locator("[data-order-detail]").innerText(), /u-7731/);
    await security.locator('[data-act="agree-order"]').click();
    await security.locator('[data-account-line="water.filler"] [data-subject="oidc"]').waitFor();

    // The provider knows the person already and asks nothing again.
    await person.goto(`${site}/requests/water-2024`);
    await screenshot(person, "sso-sign-in");
    await person.locator('[data-sso="oidc"]').click();
    await person.locator('[data-account="water.filler"]').waitFor();
    assert.equal(new URL(person.url()).pathname, "/requests/water-2024");

    // Signing out ends the session there, too: the next sign-in asks who it is.
    await person.locator('[data-act="sign-out"]').click();
    await person.locator('button[name="logout"]').click();
    await person.waitForURL(`${site}/`);
    await person.locator('[data-sso="oidc"]').click();
    await person.locator('input[name="login"]').waitFor();
  } finally {
    provider.stop();
  }
});

test("a platform that numbers its people opens their accounts after the local password", async (world) => {
  world.expectTrouble(/fonts\.googleapis/, /status of 401 .*\/api\/sso\/session/, /status of 404 .*favicon/);
  const site = world.server.url;
  const provider = await startProvider(site, "oauth2");
  try {
    writeFileSync(join(world.server.folder, "client-secret"), `${SECRET}\n`, { mode: 0o600 });
    const mapping = join(world.server.folder, "oauth2.json");
    const settings = {
      authorize: `${provider.issuer}/auth`,
      token: `${provider.issuer}/token`,
      userinfo: `${provider.issuer}/me`,
      client_id: CLIENT,
      client_secret_file: "client-secret",
      scope: "openid",
      person_id: "sub",
      name: "sub",
      label: "省统一身份认证平台",
    };
    writeFileSync(mapping, JSON.stringify(settings));
    await world.server.restartWith(["--public-url", site, "--oauth2", mapping]);
    const person = await world.newPage();
    await person.route(/fonts\.googleapis/, (route) => route.abort());
    await person.goto(`${site}/requests/water-2024`);
    await person.getByRole("button", { name: "用省统一身份认证平台登录" }).click();
    await signInThere(person, "p-water.filler");
    await person.getByText("单点登录首次对应到账号 water.filler").waitFor();
    const password = person.locator('input[name="password"]');
    await password.fill("falsch");
    await person.getByRole("button", { name: "登录", exact: true }).click();
    await person.getByText("密码不正确").waitFor();
    assert.equal(await password.inputValue(), "");
    await screenshot(person, "sso-confirm-password");
    await password.fill(PASSWORD);
    await person.getByRole("button", { name: "登录", exact: true }).click();
    await person.locator('[data-account="water.filler"]').waitFor();
    assert.equal(new URL(person.url()).pathname, "/requests/water-2024");

    // The platform knows the person, and so does this site: neither asks anything again.
    await person.locator('[data-act="sign-out"]').click();
    await person.locator('[data-sso="oauth2"]').click();
    await person.locator('[data-account="water.filler"]').waitFor();
  } finally {
    provider.stop();
  }
});
