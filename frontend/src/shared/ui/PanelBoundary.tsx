import { Component, type ReactNode } from "react";
import { ErrorNote } from "./ErrorNote";

interface State {
  error: Error | null;
}

/** Keeps an error where it happened, and offers to try that part again. */
export class PanelBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ErrorNote error={error} onRetry={() => this.setState({ error: null })} />;
  }
}
