"use strict";

// Talks to the server by WebSocket, and shows its downloads.

const byId = (name) => document.getElementById(name);
const KEYS = ["gid", "status", "totalLength", "completedLength", "downloadSpeed", "files", "errorMessage"];
const REFRESH_MS = 1000;
const RECONNECT_MS = 2000;

let socket = null;
let nextId = 1;
const pending = new Map();

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/jsonrpc`);
  socket.onopen = () => refresh();
  socket.onmessage = (event) => take(JSON.parse(event.data));
  socket.onclose = () => {
    for (const { reject } of pending.values()) reject(new Error("the connection is closed"));
    pending.clear();
    showMessage("The server cannot be reached.");
    setTimeout(connect, RECONNECT_MS);
  };
}

function take(message) {
  if (message.method) {
    refresh();
    return;
  }
  const call = pending.get(message.id);
  pending.delete(message.id);
  if (!call) return;
  if (message.error) call.reject(new Error(message.error.message));
  else call.resolve(message.result);
}

function call(method, ...params) {
  const secret = sessionStorage.getItem("secret");
  if (secret) params.unshift(`token:${secret}`);
  const id = String(nextId++);
  return new Promise((resolve, reject) => {
    if (socket === null || socket.readyState !== WebSocket.OPEN) {
      reject(new Error("the server cannot be reached"));
      return;
    }
    pending.set(id, { resolve, reject });
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  });
}

async function refresh() {
  try {
    const [active, waiting, stopped, stat] = await Promise.all([
      call("aria2.tellActive", KEYS),
      call("aria2.tellWaiting", 0, 200, KEYS),
      call("aria2.tellStopped", -1, 50, KEYS),
      call("aria2.getGlobalStat"),
    ]);
    byId("login").hidden = true;
    show([...active, ...waiting, ...stopped]);
    byId("total").textContent = `${bytes(stat.downloadSpeed)}/s`;
  } catch (error) {
    if (error.message === "Unauthorized") byId("login").hidden = false;
    showMessage(error.message);
  }
}

function show(downloads) {
  byId("empty").hidden = downloads.length > 0;
  byId("downloads").replaceChildren(...downloads.map(row));
}

// Names come from others: they are only ever set as text.
function row(download) {
  const line = document.createElement("tr");
  line.dataset.gid = download.gid;
  line.dataset.status = download.status;
  const path = download.files[0] ? download.files[0].path : "";
  cell(line, path.split(/[\\/]/).pop(), "name").title = download.errorMessage || path;
  cell(line, download.status);
  const done = cell(line, "");
  const bar = document.createElement("progress");
  const [here, total] = [Number(download.completedLength), Number(download.totalLength)];
  if (total > 0) {
    bar.max = total;
    bar.value = here;
  } else if (download.status !== "active") {
    bar.value = 0;
  }
  done.append(bar, ` ${bytes(here)} of ${total > 0 ? bytes(total) : "?"}`);
  cell(line, download.status === "active" ? `${bytes(download.downloadSpeed)}/s` : "");
  const buttons = cell(line, "");
  for (const [name, method] of actions(download.status)) {
    const button = document.createElement("button");
    button.textContent = name;
    button.dataset.action = name;
    button.onclick = () => act(method, download.gid);
    buttons.append(button);
  }
  return line;
}

function actions(status) {
  switch (status) {
    case "active":
    case "waiting":
      return [["Pause", "aria2.pause"], ["Cancel", "aria2.remove"]];
    case "paused":
      return [["Resume", "aria2.unpause"], ["Cancel", "aria2.remove"]];
    case "error":
      return [["Try again", "aria2.unpause"], ["Cancel", "aria2.remove"]];
    default:
      return [["Forget", "aria2.removeDownloadResult"]];
  }
}

function cell(line, text, kind) {
  const made = line.insertCell();
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

async function act(method, ...params) {
  try {
    await call(method, ...params);
    showMessage("");
  } catch (error) {
    showMessage(error.message);
  }
  refresh();
}

function showMessage(text) {
  byId("trouble").textContent = text;
}

function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [Number(number), 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

byId("add").onsubmit = (event) => {
  event.preventDefault();
  act("aria2.addUri", [byId("url").value]);
  byId("url").value = "";
};
byId("login").onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem("secret", byId("secret").value);
  showMessage("");
  refresh();
};
connect();
setInterval(() => {
  if (!document.hidden && byId("login").hidden) refresh();
}, REFRESH_MS);
