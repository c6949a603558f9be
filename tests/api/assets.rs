//! The browser app's files: compressed where the browser takes it, kept for ever where the name says what is in it.

use shared::api::Method;
use std::fs;
use tests::{Answer, Database, World};

fn get(world: &World, path: &str, encodings: &str) -> Answer {
    world.visitor().raw(Method::Get, path, None, &[("accept-encoding", encodings)])
}

#[test]
fn files_are_served_compressed_and_unchanging_and_pages_are_the_apps() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    fs::create_dir(folder.path().join("assets")).expect("a folder");
    write("index.html", "page");
    write("site.html", "tablet");
    write("site.webmanifest", "{}");
    write("assets/app-0123.js", "plain");
    write("assets/app-0123.js.br", "brotli");
    write("assets/app-0123.js.gz", "gzip");
    write("secret.key", "secret");
    let world = World::with(Database::Sqlite, |settings| settings.assets = Some(folder.path().into()));

    for (encodings, text, encoding) in [
        ("gzip, deflate, br", "brotli", Some("br")),
        ("gzip;q=1.0", "gzip", Some("gzip")),
        ("identity", "plain", None),
    ] {
        let answer = get(&world, "/assets/app-0123.js", encodings);
        assert_eq!((answer.text.as_str(), answer.header("content-encoding")), (text, encoding));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
    }
    for page in ["/", "/requests/water-2024", "/invitation"] {
        let answer = get(&world, page, "br");
        assert_eq!((answer.status, answer.text.as_str()), (200, "page"), "{page}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
    for page in ["/site", "/site/"] {
        let answer = get(&world, page, "br");
        assert_eq!((answer.status, answer.text.as_str()), (200, "tablet"), "{page}");
        assert_eq!(
            answer.header("permissions-policy"),
            Some("camera=(self), microphone=(), geolocation=(self)")
        );
    }
    let others = get(&world, "/sites", "br");
    assert_eq!(others.text, "page");
    assert_eq!(others.header("permissions-policy"), Some("camera=(), microphone=(), geolocation=()"));
    assert_eq!(
        get(&world, "/site.webmanifest", "br").header("content-type"),
        Some("application/manifest+json")
    );
    for missing in
        ["/assets/gone.js", "/gone.png", "/secret.key", "/assets/%2e%2e/secret.key", "/..%2fsecret.key"]
    {
        assert_ne!(get(&world, missing, "br").text, "secret", "{missing}");
        assert_eq!(get(&world, missing, "br").status, 404, "{missing}");
    }
}
