// Shows our OpenAPI schema with the vendored Swagger UI; no request leaves this origin.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    validatorUrl: null,
  });
});
