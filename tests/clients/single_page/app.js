// Settings come from settings.js, which the test writes; sessionStorage may add to them.
const own = JSON.parse(sessionStorage.getItem("settings") ?? "{}");
const manager = new oidc.UserManager({ ...settings, ...own });
const noticed = [];
manager.events.addUserSignedOut(() => noticed.push("signed out"));
manager.events.addUserSessionChanged(() => noticed.push("session changed"));
