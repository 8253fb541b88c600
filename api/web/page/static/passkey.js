// The only script of these pages: it asks the browser for a passkey, puts the
// answer into the form and sends the form. Everything else works without it.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // What parseCreationOptionsFromJSON and parseRequestOptionsFromJSON do, for
  // browsers that have neither.
  const read = (options) => {
    const read = { ...options, challenge: bytes(options.challenge) };
    if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) read[list] = options[list].map((c) => ({ ...c, id: bytes(c.id) }));
    }
    return read;
  };

  // What toJSON does, with the members that the server reads.
  const write = (credential) => {
    const from = credential.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (from[name]) response[name] = text(from[name]);
    }
    if (from.getTransports) response.transports = from.getTransports();
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const ask = (form) => {
    const publicKey = read(JSON.parse(form.dataset.options));
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  };

  const explain = (form, error) => {
    switch (error.name) {
      case "NotAllowedError":
      case "AbortError":
        return form.dataset.cancelled;
      case "InvalidStateError":
        return form.dataset.known;
      case "SecurityError":
        return form.dataset.insecure;
    }
    return form.dataset.failed;
  };

  const start = (form) => {
    const button = form.querySelector("button");
    const says = form.querySelector(".says");
    if (!window.PublicKeyCredential) {
      says.textContent = window.isSecureContext ? form.dataset.none : form.dataset.insecure;
      button.disabled = true;
      return;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      says.textContent = form.dataset.working;
      try {
        const credential = await ask(form);
        form.elements.namedItem("credential").value = JSON.stringify(write(credential));
        form.submit();
      } catch (error) {
        says.textContent = explain(form, error);
        button.disabled = false;
        button.focus();
      }
    });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) start(form);
})();
