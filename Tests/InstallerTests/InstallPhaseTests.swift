import Helm
import Installer
import KubeModel
import Testing

struct InstallPhaseTests {
    @Test func `what others need comes first`() throws {
        let objects = try InstallationChart.objects(
            values: ValuesReader.read("namespace: {create: true}\nskyfloAI: {create: true}"), namespace: "skyflo-system"
        )
        let phases = objects.map { InstallPhase(of: $0) }
        #expect(phases == phases.sorted())
        #expect(Set(phases) == Set(InstallPhase.allCases))
        let kinds = objects.map(\.kind)
        #expect(kinds.first == "Namespace" && kinds.last == "SkyfloAI")
        let policy = try #require(kinds.firstIndex(of: "ValidatingAdmissionPolicy"))
        let binding = try #require(kinds.firstIndex(of: "ValidatingAdmissionPolicyBinding"))
        let operatorAt = try #require(kinds.firstIndex(of: "Deployment"))
        #expect(policy < binding && binding < operatorAt)
        #expect(try #require(kinds.lastIndex(of: "ClusterRole")) < #require(kinds.firstIndex(of: "ClusterRoleBinding")))
    }
}
