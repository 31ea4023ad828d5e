import KubeModel
import Testing
import ToolKit

@testable import KubernetesTools

@Suite struct ToolGroupTests {
    @Test func `groups name tools that exist, each once, and leave what nearly all conversations begin with`() {
        let all = KubernetesToolset.all { .init(seconds: 0) }.map(\.name)
        let grouped = KubernetesToolset.groups.flatMap(\.tools)
        #expect(Set(grouped).isSubset(of: all) && Set(grouped).count == grouped.count)
        #expect(
            all.filter { !grouped.contains($0) } == [
                "k8s_get", "k8s_describe", "k8s_logs", "k8s_rollout_status", "k8s_events", "wait_for_x_seconds",
            ])
    }
}
