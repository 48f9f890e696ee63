export default async () => {
  await globalThis.__postgres.stop();
};
