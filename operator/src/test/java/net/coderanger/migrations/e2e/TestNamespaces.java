package net.coderanger.migrations.e2e;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Makes and removes the namespace of a test. */
final class TestNamespaces implements ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace STORE = Namespace.create(TestNamespaces.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == TestNamespace.class;
    }

    @Override
    public TestNamespace resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(STORE)
                .computeIfAbsent(
                        "namespace",
                        key -> TestNamespace.create(test.getRequiredTestMethod().getName()),
                        TestNamespace.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext test) {
        var namespace = test.getStore(STORE).get("namespace", TestNamespace.class);
        if (namespace != null && test.getExecutionException().isPresent()) {
            System.err.println(namespace.story());
        }
    }
}
