/** Stands where the studio would be, when it is not built: it needs nothing that would have to be built. */
export const unbuiltPage = `<!doctype html>
<html lang="pt-BR">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Esteira</title>
  </head>
  <body>
    <h1>Esteira</h1>
    <p>O estúdio não foi construído. Na pasta da Esteira, rode <code>npm ci</code> e depois <code>npm start</code>; o
      motivo está no que o servidor escreveu ao iniciar. A API funciona: veja <a href="/docs">/docs</a>.</p>
    <p lang="en">The studio is not built. In Esteira's folder, run <code>npm ci</code> and then <code>npm start</code>;
      what the server wrote when it started says why. The API works: see <a href="/docs">/docs</a>.</p>
  </body>
</html>
`;
