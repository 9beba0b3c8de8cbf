/**
 * A registry of npm packages on this machine, with a package in two versions: what an upgrade does can then be tried
 * without leave of a network.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** A version of a package: its files by path, and what it needs. */
export interface Release {
  readonly files: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The registry while it is served. */
export interface Registry {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves packages: releases by version, by name. */
export function serveRegistry(
  packages: Readonly<Record<string, Readonly<Record<string, Release>>>>,
): Registry {
  const tarballs = new Map<string, Uint8Array<ArrayBuffer>>();
  const documents = new Map<string, (origin: string) => unknown>();
  for (const [name, releases] of Object.entries(packages)) {
    for (const [version, release] of Object.entries(releases)) {
      tarballs.set(`/${name}/-/${version}.tgz`, tarball(name, version, release));
    }
    documents.set(`/${name}`, (origin) => ({
      name,
      "dist-tags": { latest: Object.keys(releases).at(-1) },
      versions: Object.fromEntries(
        Object.entries(releases).map(([version, { dependencies = {} }]) => {
          const path = `/${name}/-/${version}.tgz`;
          const integrity = `sha512-${createHash("sha512").update(tarballs.get(path)!).digest("base64")}`;
          return [version, { name, version, dependencies, dist: { tarball: `${origin}${path}`, integrity } }];
        }),
      ),
    }));
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { origin, pathname } = new URL(request.url);
    const path = decodeURIComponent(pathname);
    const bytes = tarballs.get(path);
    if (bytes !== undefined) return new Response(bytes);
    const document = documents.get(path);
    return document === undefined ? new Response("", { status: 404 }) : Response.json(document(origin));
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, close: () => server.shutdown() };
}

function tarball(
  name: string,
  version: string,
  { files, dependencies = {} }: Release,
): Uint8Array<ArrayBuffer> {
  const manifest = JSON.stringify({ name, version, type: "module", exports: "./mod.js", dependencies });
  const entries = Object.entries({ "package.json": manifest, ...files });
  const blocks = entries.flatMap(([path, text]) =>
    tarEntry(`package/${path}`, new TextEncoder().encode(text))
  );
  return new Uint8Array(gzipSync(new Uint8Array([...blocks, ...new Uint8Array(1024)])));
}

/** A file as tar has it (POSIX ustar): a header of 512 bytes, and the content in blocks of as many. */
function tarEntry(path: string, content: Uint8Array): number[] {
  const header = new Uint8Array(512);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  put(path, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\0" + "00", 257);
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = new Uint8Array((512 - content.length % 512) % 512);
  return [...header, ...content, ...padding];
}
