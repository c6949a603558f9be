// A request filled through the API, as fast as the server takes it.

// A person signed in: `post` and `get` as them, and the cookie a browser needs to be them.
export async function signIn(url, account) {
  const headers = { "content-type": "application/json", origin: url };
  const ask = async (path, options) => {
    const answer = await fetch(url + path, { headers, ...options });
    if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { problem: await answer.json() });
    return answer;
  };
  const post = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });
  const answer = await post("/api/session", { account, password: "yunwei-2024" });
  headers.cookie = answer.headers.get("set-cookie").split(";")[0];
  const [name, ...value] = headers.cookie.split("=");
  return { post, get: (path) => ask(path, {}), cookies: [{ name, value: value.join("="), url }] };
}

// Opens a request and types a whole request file into it.
export async function fill(person, request, file) {
  await person.post("/api/requests", { request, fiscal_year: 2024 });
  await person.post(`/api/requests/${request}/operations`, { ops: [{ id: "fill-in", changes: typed(file) }] });
}

// The changes that type a request file: rows with their ids, headers cell by cell.
function typed(file) {
  const text = (value) => (typeof value === "boolean" ? String(value) : value);
  const changes = [];
  for (const form of ["budget_request", "performance_targets"]) {
    for (const [table, rows] of Object.entries(file[form])) {
      if (table === "header") {
        for (const [field, value] of Object.entries(rows)) {
          if (value !== null) changes.push({ set: { at: { table: form, row: "header", field }, from: null, to: text(value) } });
        }
        continue;
      }
      rows.forEach(({ id, ...cells }, n) => {
        const filled = Object.entries(cells).filter(([, value]) => value !== null);
        const rank = (n + 1) * 1_048_576;
        changes.push({ insert_row: { table, row: id, rank, cells: Object.fromEntries(filled.map(([key, value]) => [key, text(value)])) } });
      });
    }
  }
  return changes;
}
