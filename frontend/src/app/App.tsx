import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { onLoggedOut } from "@/shared/api/client";
import { meQuery } from "@/shared/api/queries";
import { dock, EMPTY_DOCK } from "@/shared/lib/dock";
import { queryClient } from "./queryClient";
import { router } from "./router";
import { schemeManager, theme } from "./theme";

const manager = schemeManager();

onLoggedOut(() => {
  dock.set(EMPTY_DOCK);
  queryClient.setQueryData(meQuery.queryKey, null);
  void router.invalidate();
});

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={manager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} autoClose={6_000} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
