/**
 * Stages that wait for others: while one waits for an answer, the next one asks. A stage can be held to one at a time.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data --allow-net=127.0.0.1 examples/io_bound.ts
 * ```
 *
 * @module
 */
import { defineExperiment, defineStage, grid, runExperiment } from "@cairn/cairn";
import { jsonCacher, textCacher } from "@cairn/cairn/cachers";

export const PAGES = 12;

/** The server's address is no parameter: else another port would be another experiment. */
export function crawl(address: string) {
  const download = defineStage({
    name: "download",
    params: ["page"],
    version: "1", // in place of the code, with the address that it captures: another port is no other experiment
    outputs: { text: textCacher() },
    run: async ({ params }: { params: { page: number } }, { signal }) => {
      const response = await fetch(`${address}/download/${params.page}`, { signal });
      return { text: await response.text() };
    },
  });
  const upload = defineStage({
    name: "upload",
    inputs: ["text"],
    params: [],
    version: "1",
    concurrency: 1, // this service takes one request at a time; downloads go on meanwhile
    outputs: { receipt: jsonCacher<string>() },
    run: async ({ text }: { text: string }, { signal }) => {
      const response = await fetch(`${address}/upload`, { method: "POST", body: text, signal });
      return { receipt: await response.text() };
    },
  });
  return defineExperiment({
    name: "crawl",
    params: grid({ page: Array.from({ length: PAGES }, (_, page) => page) }),
    stages: [download, upload],
  });
}

type Service = "download" | "upload";

/** A server that counts the requests of each service, and how many of them were under way at once. */
function startServer(work: (service: Service) => Promise<void>) {
  const requests = { download: 0, upload: 0 };
  const underWay = { download: 0, upload: 0 };
  const atOnce = { download: 0, upload: 0 };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const service = pathname.startsWith("/upload") ? "upload" : "download";
    requests[service]++;
    atOnce[service] = Math.max(atOnce[service], ++underWay[service]);
    await work(service);
    underWay[service]--;
    return new Response(`answer to ${request.method} ${pathname}`);
  });
  return { address: `http://127.0.0.1:${server.addr.port}`, requests, atOnce, stop: () => server.shutdown() };
}

/**
 * Runs it against a server of its own.
 *
 * @param dir The workspace.
 * @param work What the server does for each request; about 20 ms of nothing where it is left out.
 * @returns The run, how many requests there were, and how many of them at once.
 */
export async function main(
  dir: string,
  work: (service: Service) => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 20)),
) {
  const { address, requests, atOnce, stop } = startServer(work);
  try {
    const { executed, reused, failed, errors } = await runExperiment(crawl(address), {
      dir,
      concurrency: 4,
      module: import.meta.url,
    });
    if (failed > 0) throw errors[0]; // a stage that fails is counted, not thrown
    return { executed, reused, requests, atOnce };
  } finally {
    await stop();
  }
}

if (import.meta.main) {
  const { executed, reused, requests, atOnce } = await main("data");
  console.log(`${executed} executed, ${reused} reused`);
  console.log(`${requests.download} downloads, at most ${atOnce.download} at once`);
  console.log(`${requests.upload} uploads, at most ${atOnce.upload} at once`);
}
