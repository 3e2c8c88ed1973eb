/* The modules of a machine, as graph.c and compile.c share them. Included after xsAll.h and xsScript.h. */

#ifndef SIMULATOR_GRAPH_H
#define SIMULATOR_GRAPH_H

struct Module {
	Module* next;
	char* name;              /* specifier, or for a relative import the file */
	char* file;              /* absolute; NULL if the source is given as text */
	char* text;
	txScript* script;
	txHostFunctionBuilder* builders;
	txInteger builderCount;
	char** imports;
	int importCount;
	bool host;               /* may name natives after "@" */
	bool preload;
};

/* Parses the source of `module` into its script and the list of its static imports; ends the process on a syntax error. */
void module_compile(Module* module);

/* Turns the symbols of the script into the machine's IDs and its bytecode into the kind that runs from flash. */
void module_bind(Module* module, txMachine* the);

/* Bytes from the bytecode at `p` to the next. */
txSize bytecode_size(txByte* p);

#endif
