// The form that sends a call to the sandbox behind this server, as the sandbox's made-up user.
"use strict";
for (const form of document.querySelectorAll("form[data-call]")) {
  const call = JSON.parse(form.dataset.call);
  const fields = call.parameters.map((parameter) => {
    const input = document.createElement("input");
    input.name = parameter.name;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.required = parameter.in === "path";
    if (parameter.required) input.value = plain(parameter.example);
    else input.placeholder = plain(parameter.example);
    add(parameter.required ? `${parameter.name}, required` : parameter.name, input);
    return { ...parameter, input };
  });
  let body;
  if (call.body) {
    body = document.createElement("textarea");
    body.rows = Math.min(14, call.body.example.split("\n").length + 1);
    body.spellcheck = false;
    if (call.body.required) body.value = call.body.example;
    else body.placeholder = call.body.example;
    add(`body, ${call.body.media}${call.body.required ? ", required" : ""}`, body);
  }
  const button = document.createElement("button");
  button.textContent = "Send";
  const reply = document.createElement("div");
  reply.setAttribute("role", "status");
  form.append(button, reply);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let path = call.path;
    const query = new URLSearchParams();
    const headers = { Accept: "application/json" };
    if (call.identified) headers["X-Plex-Client-Identifier"] = "reference-page";
    for (const { name, in: place, input } of fields) {
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(input.value));
      else if (input.value === "") continue;
      else if (place === "query") query.append(name, input.value);
      else headers[name] = input.value;
    }
    const options = { method: call.method, headers };
    try {
      if (body?.value.trim()) {
        headers["Content-Type"] = call.body.media;
        options.body = call.body.media === "application/json" ? body.value : form_of(JSON.parse(body.value));
      }
      const search = query.size > 0 ? `?${query}` : "";
      const answer = await fetch(`/sandbox/${call.host}${path}${search}`, options);
      const type = answer.headers.get("Content-Type") ?? "";
      let text = type.startsWith("image/") ? `(${type})` : await answer.text();
      if (type.includes("json") && text) text = JSON.stringify(JSON.parse(text), null, 2);
      tell(`${answer.status} ${answer.statusText}`, text || "(no body)");
    } catch (error) {
      tell("The call could not be sent, or had no usable reply", String(error));
    }
  });

  function add(name, input) {
    const label = document.createElement("label");
    const text = document.createElement("span");
    text.textContent = name;
    label.append(text, input);
    form.append(label);
  }

  function tell(status, text) {
    const line = document.createElement("p");
    const strong = document.createElement("strong");
    strong.textContent = status;
    line.append(strong);
    const block = document.createElement("pre");
    block.tabIndex = 0;
    block.textContent = text;
    reply.replaceChildren(line, block);
  }

  function plain(value) {
    return value === null || value === undefined ? "" : String(value);
  }

  function form_of(members) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(members)) {
      for (const each of [value].flat()) form.append(name, plain(each));
    }
    return form.toString();
  }
}
