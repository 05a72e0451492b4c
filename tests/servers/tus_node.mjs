// The tus server of npm: tus_node.mjs MODULES PORT FOLDER
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, port, folder] = process.argv.slice(2);
const { resolve } = createRequire(`${modules}/package.json`);
const load = (name) => import(pathToFileURL(resolve(name)));
const { Server } = await load("@tus/server");
const { FileStore } = await load("@tus/file-store");

const tus = new Server({ path: "/files", datastore: new FileStore({ directory: folder }) });
const server = createServer((request, response) => tus.handle(request, response));
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
