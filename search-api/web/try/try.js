// The page that tries the API: its forms are made from the OpenAPI document that the server gives out.
const SHOWN_CHARACTERS = 100_000;

const place = document.querySelector("#operations");
const key = document.querySelector("#key");

try {
  const response = await fetch("/api/v1/openapi.json");
  show(await response.json());
} catch {
  place.replaceChildren(
    made("p", { role: "alert" }, "The OpenAPI document could not be read; is the server there?"),
  );
}

function show({ paths, tags, components }) {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter((operation) => operation.tags?.includes(name));
    return made(
      "section",
      {},
      made("h2", {}, name),
      ...own.map((operation) => formOf(operation, components)),
    );
  });
  place.replaceChildren(...sections);
}

function formOf(
  { path, method, operationId, summary, description, parameters = [], requestBody },
  components,
) {
  const fields = parameters.map((parameter) => fieldOf(operationId, parameter));
  const types = Object.keys(requestBody?.content ?? {});
  const body =
    types.length > 0 ? bodyOf(operationId, requestBody.content[types[0]].schema, components) : undefined;
  const type = types.length > 1 ? choiceOf(`${operationId}-type`, types) : undefined;
  const status = made("p", { role: "status" });
  const output = made("pre", { tabindex: "0", hidden: "", "aria-label": "Answer" });
  const curl = made("pre", { tabindex: "0", hidden: "", "aria-label": "As a command" });
  const form = made(
    "form",
    {},
    ...(description ? [made("p", {}, description)] : []),
    ...fields.flatMap(({ label, input }) => [label, input]),
    ...(type ? [made("label", { for: type.id }, "Form of the body"), type] : []),
    ...(body ? [made("label", { for: body.id }, "Body"), body] : []),
    made("button", { type: "submit" }, "Send"),
    status,
    curl,
    output,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const request = requestOf(path, method, fields, body?.value, type?.value ?? types[0]);
    curl.hidden = false;
    curl.textContent = commandOf(request);
    status.textContent = "…";
    const started = performance.now();
    try {
      const response = await fetch(request.address, request);
      const text = await response.text();
      status.textContent = `${response.status} ${response.statusText} · ${Math.round(performance.now() - started)} ms`;
      output.hidden = false;
      output.textContent = pretty(text).slice(0, SHOWN_CHARACTERS);
    } catch {
      status.textContent = "There was no answer.";
    }
  });
  const title = made(
    "summary",
    {},
    made("code", {}, `${method.toUpperCase()} ${path}`),
    " ",
    made("span", {}, summary ?? ""),
  );
  return made("details", {}, title, form);
}

function fieldOf(operationId, parameter) {
  const { name, in: where, required, description, schema = {} } = parameter;
  const id = `${operationId}-${name}`;
  const hint = [required ? "needed" : "", description ?? ""].filter(Boolean).join(" · ");
  const label = made("label", { for: id }, name, " ", made("small", {}, hint));
  const input = schema.enum
    ? choiceOf(id, required ? schema.enum : ["", ...schema.enum])
    : made("input", { id, ...(required ? { required: "" } : {}), placeholder: String(schema.default ?? "") });
  return { name, where, label, input };
}

function choiceOf(id, values) {
  return made("select", { id }, ...values.map((value) => made("option", { value }, value)));
}

function bodyOf(operationId, schema, components) {
  const named = schema.$ref ? components.schemas[schema.$ref.split("/").at(-1)] : schema;
  const area = made("textarea", { id: `${operationId}-body`, rows: "6", spellcheck: "false" });
  area.value =
    named.example ??
    JSON.stringify(named.properties?.queries ? { queries: ["crise cardiaque"], k: 5 } : {}, null, 2);
  return area;
}

function requestOf(path, method, fields, body, type) {
  let address = path;
  const query = new URLSearchParams();
  for (const { name, where, input } of fields) {
    if (where === "path") address = address.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (where === "query" && input.value !== "") query.set(name, input.value);
  }
  const headers = {
    ...(body === undefined ? {} : { "Content-Type": type }),
    ...(key.value === "" ? {} : { Authorization: `Bearer ${key.value}` }),
  };
  const search = query.size > 0 ? `?${query}` : "";
  return {
    address: `${address}${search}`,
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function commandOf({ address, method, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const shown = { ...headers, ...(headers.Authorization ? { Authorization: "Bearer $KEY" } : {}) };
  const options = Object.entries(shown).map(([name, value]) =>
    name === "Authorization" ? ` -H "${name}: ${value}"` : ` -H ${quoted(`${name}: ${value}`)}`,
  );
  const data = body === undefined ? "" : ` --data-binary ${quoted(body)}`;
  return `curl -X ${method} ${quoted(location.origin + address)}${options.join("")}${data}`;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function made(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}
